/// An IPv4 or IPv6 address. An IPv4-mapped IPv6 address (RFC 4291 §2.5.5.2) is read as IPv4.
public struct IPAddress: Hashable, Sendable {
  public enum Family: UInt8, Sendable {
    case v4 = 4
    case v6 = 6
  }

  public let family: Family
  /// The address as a number; an IPv4 address has 32 bits.
  public let value: UInt128

  public init(v4 value: UInt32) {
    family = .v4
    self.value = UInt128(value)
  }

  public init(v6 value: UInt128) {
    family = .v6
    self.value = value
  }

  public var bitWidth: Int { family == .v4 ? 32 : 128 }

  /// 4 or 16 bytes in network order.
  public var bytes: [UInt8] {
    (0..<bitWidth / 8).map {
      UInt8(truncatingIfNeeded: value >> UInt128(bitWidth - 8 - $0 * 8))
    }
  }

  /// Reads 4 or 16 bytes in network order; nil for another count.
  public init?(bytes: [UInt8]) {
    var number: UInt128 = 0
    for byte in bytes { number = number << 8 | UInt128(byte) }
    switch bytes.count {
    case 4: self.init(v4: UInt32(truncatingIfNeeded: number))
    case 16: self.init(v6: number)
    default: return nil
    }
  }

  /// Reads dotted decimal or RFC 4291 text. A zone (`fe80::1%eth0`) means something only on the host
  /// that wrote it and is dropped. Nil for anything else, leading zeros in IPv4 included.
  public init?(utf8 text: some RandomAccessCollection<UInt8>) {
    guard text.count <= 64 else { return nil }
    var bytes = Array(text)
    if let zone = bytes.firstIndex(of: UInt8(ascii: "%")) {
      guard zone + 1 < bytes.count, bytes[..<zone].contains(UInt8(ascii: ":")) else { return nil }
      bytes.removeSubrange(zone...)
    }
    if !bytes.contains(UInt8(ascii: ":")) {
      guard let number = Self.parseV4(bytes[...]) else { return nil }
      self.init(v4: number)
      return
    }
    guard let number = Self.parseV6(bytes[...]) else { return nil }
    if number >> 32 == 0xFFFF {
      self.init(v4: UInt32(truncatingIfNeeded: number))
    } else {
      self.init(v6: number)
    }
  }

  public init?(_ text: String) {
    self.init(utf8: Array(text.utf8))
  }

  private static func parseV4(_ text: ArraySlice<UInt8>) -> UInt32? {
    var number: UInt32 = 0
    let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    for part in parts {
      guard (1...3).contains(part.count), part.count == 1 || part.first != UInt8(ascii: "0") else {
        return nil
      }
      var octet: UInt32 = 0
      for byte in part {
        let digit = byte &- UInt8(ascii: "0")
        guard digit < 10 else { return nil }
        octet = octet * 10 + UInt32(digit)
      }
      guard octet < 256 else { return nil }
      number = number << 8 | octet
    }
    return number
  }

  private static func parseV6(_ text: ArraySlice<UInt8>) -> UInt128? {
    let colon = UInt8(ascii: ":")
    var groups: [UInt16] = []
    var gap: Int?
    var index = text.startIndex
    if text.starts(with: [colon]) {
      guard text.starts(with: [colon, colon]) else { return nil }
      gap = 0
      index += 2
    }
    while index < text.endIndex {
      let end = text[index...].firstIndex(of: colon) ?? text.endIndex
      let part = text[index..<end]
      if end == text.endIndex, part.contains(UInt8(ascii: ".")) {
        guard let v4 = parseV4(part) else { return nil }
        groups.append(UInt16(v4 >> 16))
        groups.append(UInt16(truncatingIfNeeded: v4))
        index = end
        break
      }
      guard (1...4).contains(part.count) else { return nil }
      var group: UInt16 = 0
      for byte in part {
        guard let digit = hexDigitValue(byte) else { return nil }
        group = group << 4 | UInt16(digit)
      }
      groups.append(group)
      index = end
      guard index < text.endIndex else { break }
      index += 1
      guard index < text.endIndex else { return nil }
      if text[index] == colon {
        guard gap == nil else { return nil }
        gap = groups.count
        index += 1
      }
    }
    guard groups.count <= 8 else { return nil }
    if let gap {
      guard groups.count < 8 else { return nil }
      groups.insert(contentsOf: repeatElement(0, count: 8 - groups.count), at: gap)
    }
    guard groups.count == 8 else { return nil }
    return groups.reduce(UInt128(0)) { $0 << 16 | UInt128($1) }
  }
}

extension IPAddress: CustomStringConvertible {
  /// Dotted decimal, or the canonical text of RFC 5952.
  public var description: String {
    if family == .v4 {
      return bytes.map { String($0) }.joined(separator: ".")
    }
    let groups = (0..<8).map { UInt16(truncatingIfNeeded: value >> UInt128(112 - $0 * 16)) }
    var longest = 0..<0
    var index = 0
    while index < 8 {
      var end = index
      while end < 8, groups[end] == 0 { end += 1 }
      if end - index > longest.count { longest = index..<end }
      index = max(end, index + 1)
    }
    func text(_ part: ArraySlice<UInt16>) -> String {
      part.map { String($0, radix: 16) }.joined(separator: ":")
    }
    guard longest.count > 1 else { return text(groups[...]) }
    return text(groups[..<longest.lowerBound]) + "::" + text(groups[longest.upperBound...])
  }
}

/// A network: an address and the length of its prefix.
public struct CIDRBlock: Hashable, Sendable {
  public let address: IPAddress
  public let prefixLength: Int

  /// Reads `10.0.0.0/8` or `2001:db8::/32`; an address alone is a block of one. Bits behind the
  /// prefix are ignored.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), let address = IPAddress(String(parts[0])) else {
      return nil
    }
    if parts.count == 2 {
      guard let length = Int(parts[1]), (0...address.bitWidth).contains(length) else { return nil }
      prefixLength = length
    } else {
      prefixLength = address.bitWidth
    }
    self.address = address
  }

  public func contains(_ other: IPAddress) -> Bool {
    guard other.family == address.family else { return false }
    let shift = UInt128(address.bitWidth - prefixLength)
    return (other.value >> shift) == (address.value >> shift)
  }

  /// The lowest address of the network.
  public var first: IPAddress { IPAddress(address.family, address.value & ~hostBits) }

  /// The highest.
  public var last: IPAddress { IPAddress(address.family, address.value | hostBits) }

  private var hostBits: UInt128 {
    let length = address.bitWidth - prefixLength
    return length == 128 ? .max : (UInt128(1) << UInt128(length)) - 1
  }
}

extension IPAddress {
  fileprivate init(_ family: Family, _ value: UInt128) {
    switch family {
    case .v4: self.init(v4: UInt32(value))
    case .v6: self.init(v6: value)
    }
  }
}

extension CIDRBlock: CustomStringConvertible {
  /// The network in CIDR notation, with the bits behind the prefix cleared.
  public var description: String {
    "\(first)/\(prefixLength)"
  }
}
