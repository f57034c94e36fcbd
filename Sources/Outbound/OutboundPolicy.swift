public import Core

/// To which addresses this service may connect on behalf of its users: those of the public internet,
/// and what the operator allows besides.
///
/// A user who could make it connect to addresses of the inside would see through it what is behind the
/// firewall, and the metadata service of a cloud.
public struct OutboundPolicy: Sendable {
  public var allowsHTTP: Bool
  private let networks: [CIDRBlock]
  /// In lower case.
  private let hosts: Set<String>

  /// - Parameter allowed: networks in CIDR notation, addresses, and names of hosts, whose addresses may
  ///   then be any.
  public init(allowing allowed: [String] = [], allowsHTTP: Bool = false) {
    self.allowsHTTP = allowsHTTP
    networks = allowed.compactMap { CIDRBlock($0) }
    hosts = Set(allowed.filter { CIDRBlock($0) == nil }.map { $0.lowercased() })
  }

  public func allows(_ address: IPAddress, host: String) -> Bool {
    let address = address.unmapped
    return hosts.contains(host.lowercased()) || networks.contains { $0.contains(address) }
      || Self.isPublic(address)
  }

  /// Whether the address is one of the public internet (the IANA special-purpose registries).
  static func isPublic(_ address: IPAddress) -> Bool {
    if address.family == .v4 { return !special4.contains { $0.contains(address) } }
    if let embedded = address.translated { return isPublic(embedded) }
    return global6.contains(address) && !special6.contains { $0.contains(address) }
  }

  private static let special4 = blocks([
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24",
    "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
    "224.0.0.0/4", "240.0.0.0/4",
  ])
  private static let global6 = blocks(["2000::/3"])[0]
  private static let special6 = blocks(["2001::/23", "2001:db8::/32", "3fff::/20"])

  private static func blocks(_ texts: [String]) -> [CIDRBlock] {
    texts.map { text in
      guard let block = CIDRBlock(text) else { preconditionFailure("\(text) is no network") }
      return block
    }
  }
}

extension IPAddress {
  private static let wellKnownNAT64 = UInt128(0x0064_ff9b) << 96

  /// An IPv4-mapped address (`::ffff:0:0/96`) as the IPv4 address that it is.
  var unmapped: IPAddress {
    guard family == .v6, value >> 32 == 0xFFFF else { return self }
    return IPAddress(v4: UInt32(truncatingIfNeeded: value))
  }

  /// The IPv4 address that packets go to in the end: of NAT64 (`64:ff9b::/96`) and 6to4 (`2002::/16`).
  fileprivate var translated: IPAddress? {
    guard family == .v6 else { return nil }
    if value >> 32 == Self.wellKnownNAT64 >> 32 {
      return IPAddress(v4: UInt32(truncatingIfNeeded: value))
    }
    if value >> 112 == 0x2002 { return IPAddress(v4: UInt32(truncatingIfNeeded: value >> 80)) }
    return nil
  }
}
