/// `base64`: the text's Base64 encoding.
struct Base64Modifier: Modifier {
  func apply(to value: ModifierValue) throws(SigmaError) -> [ModifierValue] {
    let (bytes, isCased, original) = try Base64.plainBytes(of: value)
    var result = value
    result.content = .text(
      TextPattern(parts: [.literal(Base64.encode(bytes))], isCased: isCased), original: original)
    return [result]
  }
}

/// `base64offset`: what is constant of the text's Base64 encoding at each of the three places it can
/// have within encoded data.
struct Base64OffsetModifier: Modifier {
  func apply(to value: ModifierValue) throws(SigmaError) -> [ModifierValue] {
    let (bytes, isCased, original) = try Base64.plainBytes(of: value)
    guard bytes.count >= 2 else {
      throw SigmaError(.value, "base64offset: \"\(original)\" is too short to leave a trace")
    }
    return (0..<3).map { offset in
      let encoded = Base64.encode([UInt8](repeating: 0x20, count: offset) + bytes)
      let start = [0, 2, 3][offset]
      let end = encoded.count - [0, 3, 2][(bytes.count + offset) % 3]
      var result = value
      result.content = .text(
        TextPattern(parts: [.literal(Array(encoded[start..<end]))], isCased: isCased),
        original: original)
      return result
    }
  }
}

/// RFC 4648 §4.
enum Base64 {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  static func encode(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = (0..<3).reduce(UInt32(0)) { word, index in
        word << 8 | UInt32(index < group.count ? group[start + index] : 0)
      }
      for index in 0..<4 {
        result.append(
          index <= group.count ? alphabet[Int(bits >> UInt32(18 - 6 * index) & 63)] : 0x3D)
      }
    }
    return result
  }

  /// The bytes of a text without wildcards.
  static func plainBytes(
    of value: ModifierValue
  ) throws(SigmaError) -> (bytes: [UInt8], isCased: Bool, original: String) {
    guard case .text(let pattern, let original) = value.content else {
      throw SigmaError(.modifierMisuse, "base64 modifiers apply to texts only")
    }
    guard !value.isAnchored else {
      throw SigmaError(
        .modifierMisuse, "base64 modifiers stand before contains, startswith and endswith")
    }
    guard let bytes = pattern.literal, !bytes.isEmpty else {
      throw SigmaError(
        .modifierMisuse,
        "base64 modifiers take no wildcards and no empty text: \"\(original)\" cannot be encoded")
    }
    return (bytes, pattern.isCased, original)
  }
}
