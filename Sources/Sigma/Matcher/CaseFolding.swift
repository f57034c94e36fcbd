/// Simple case folding, one scalar to one scalar: ASCII letters to lower case, every other scalar to
/// the lower case of its upper case where each is a single scalar outside ASCII. So ASCII text never
/// equals text outside ASCII (the Kelvin sign is no `k`).
enum CaseFolding {
  static func fold(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    if scalar.isASCII {
      guard (0x41...0x5A).contains(scalar.value) else { return scalar }
      return Unicode.Scalar(UInt8(truncatingIfNeeded: scalar.value | 0x20))
    }
    let upper = single(scalar.properties.uppercaseMapping) ?? scalar
    guard let lower = single(upper.properties.lowercaseMapping), !lower.isASCII else {
      return scalar
    }
    return lower
  }

  private static func single(_ mapping: String) -> Unicode.Scalar? {
    let scalars = mapping.unicodeScalars
    guard scalars.count == 1 else { return nil }
    return scalars.first
  }

  /// The scalars outside ASCII that the common mappings reach from `scalar`, itself not included.
  static func variants(of scalar: Unicode.Scalar) -> [Unicode.Scalar] {
    let folded = fold(scalar)
    return [folded, single(folded.properties.uppercaseMapping)]
      .compactMap { $0 }
      .filter { $0 != scalar && !$0.isASCII }
  }

  /// ASCII only: 0x41...0x5A to lower case.
  @inline(__always)
  static func foldASCII(_ byte: UInt8) -> UInt8 {
    byte &- 0x41 < 26 ? byte | 0x20 : byte
  }

  /// UTF-8 folded; bytes that are no UTF-8 become U+FFFD.
  static func fold(utf8 bytes: some Collection<UInt8>) -> [UInt8] {
    if bytes.allSatisfy({ $0 < 0x80 }) { return bytes.map(foldASCII) }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      result.append(contentsOf: UTF8.encode(fold(scalar))!)
    }
    return result
  }
}
