/// Hashes that are the same on every node and after every start (FNV-1a,
/// draft-eastlake-fnv §3). They spread keys; they do not resist anyone who looks for collisions.
enum StableHash {
  /// 32 hexadecimal digits.
  static func hex128(_ text: String) -> String {
    var hash: UInt128 = 0x6C62_272E_07BB_0142_62B8_2175_6295_C58D
    for byte in text.utf8 {
      hash = (hash ^ UInt128(byte)) &* 0x0000_0000_0100_0000_0000_0000_0000_013B
    }
    return hex(UInt64(truncatingIfNeeded: hash >> 64)) + hex(UInt64(truncatingIfNeeded: hash))
  }

  /// 16 hexadecimal digits.
  static func hex64(_ text: String) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    return hex(hash)
  }

  static func hex(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
