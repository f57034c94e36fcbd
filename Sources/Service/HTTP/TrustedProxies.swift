public import Core
internal import HTTPTypes

/// The proxies in front of the service, whose word on who the client is counts.
///
/// `X-Forwarded-For` lists the hops in their order, each proxy adding whom it heard. So the client is the
/// last one of the list that is no trusted proxy itself; what stands before it anyone may have written.
public struct TrustedProxies: Sendable {
  /// Hops that are looked at.
  private static let most = 32

  private let blocks: [CIDRBlock]

  public init(_ blocks: [CIDRBlock] = []) {
    self.blocks = blocks
  }

  /// Nil where the peer itself is the client, or the list cannot be read.
  func client(_ headers: HTTPFields, peer: @autoclosure () -> IPAddress) -> IPAddress? {
    guard !blocks.isEmpty, isTrusted(peer()) else { return nil }
    var client: IPAddress?
    let hops = headers[values: .forwardedFor].flatMap { $0.split(separator: ",") }
    for hop in hops.suffix(Self.most).reversed() {
      guard let address = Self.address(hop) else { break }
      client = address
      guard isTrusted(address) else { break }
    }
    return client
  }

  /// Of a hop such as `203.0.113.7`, `203.0.113.7:4711` or `[2001:db8::1]:443`.
  private static func address(_ hop: Substring) -> IPAddress? {
    let text = hop.filter { $0 != " " && $0 != "\t" }
    if let address = IPAddress(text) { return address }
    if text.hasPrefix("[") { return IPAddress(String(text.dropFirst().prefix { $0 != "]" })) }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    return parts.count == 2 ? IPAddress(String(parts[0])) : nil
  }

  private func isTrusted(_ address: IPAddress) -> Bool {
    blocks.contains { $0.contains(address) }
  }
}

extension HTTPField.Name {
  static let forwardedFor = HTTPField.Name("X-Forwarded-For")!
}
