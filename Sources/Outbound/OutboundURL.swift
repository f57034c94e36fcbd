internal import COutbound
internal import Core

/// An address to send to, as the transfer reads it.
public struct OutboundURL: Sendable, Hashable {
  public enum Fault: Error, Sendable, Equatable {
    case malformed
    /// Neither https nor, where that is allowed, http.
    case scheme
    /// A user, a password, a fragment or a zone.
    case forbiddenPart
    /// An address that the policy refuses.
    case address
  }

  public let text: String
  /// In lower case; an IPv6 address without brackets.
  public let host: String

  public static let maximumBytes = 2048

  /// - Parameter policy: a host that is an address is checked at once, a name when it is connected to.
  public init(_ text: String, policy: OutboundPolicy) throws(Fault) {
    guard (1...Self.maximumBytes).contains(text.utf8.count),
      text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else { throw .malformed }
    var parts = unsafe outbound_url()
    defer { unsafe outbound_url_free(&parts) }
    guard unsafe outbound_url_parse(text, &parts) == 0,
      let scheme = unsafe Self.string(parts.scheme), let host = unsafe Self.string(parts.host),
      !host.isEmpty
    else {
      // libcurl knows more schemes than we send to, and others not at all.
      throw text.contains("://") && !text.lowercased().hasPrefix("http") ? .scheme : .malformed
    }
    guard scheme == "https" || (scheme == "http" && policy.allowsHTTP) else { throw .scheme }
    guard unsafe parts.user == nil, unsafe parts.fragment == nil, unsafe parts.zone == nil else {
      throw .forbiddenPart
    }
    let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
    let name = (isBracketed ? String(host.dropFirst().dropLast()) : host).lowercased()
    if let address = IPAddress(name), !policy.allows(address, host: name) { throw .address }
    self.text = text
    self.host = name
  }

  private static func string(_ pointer: UnsafeMutablePointer<CChar>?) -> String? {
    unsafe pointer.map { unsafe String(cString: $0) }
  }
}
