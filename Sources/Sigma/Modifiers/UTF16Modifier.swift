/// `wide`, `utf16le`, `utf16be`, `utf16`: the text as UTF-16 bytes. Other than ASCII then is no UTF-8
/// any more, so `base64` or `base64offset` must follow, or the rule is refused at the end.
struct UTF16Modifier: Modifier {
  enum Order: Sendable { case littleEndian, bigEndian, byteOrderMark }

  let order: Order

  func apply(to value: ModifierValue) throws(SigmaError) -> [ModifierValue] {
    guard case .text(let pattern, let original) = value.content else {
      throw misuse("UTF-16 modifiers apply to texts only")
    }
    var encoded = TextPattern(isCased: pattern.isCased)
    if order == .byteOrderMark { encoded.append(.literal([0xFF, 0xFE])) }
    for part in pattern.parts {
      guard case .literal(let bytes) = part else {
        encoded.append(part)
        continue
      }
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw misuse("a UTF-16 modifier behind another one")
      }
      encoded.append(.literal(text.utf16.flatMap(self.bytes)))
    }
    var result = value
    result.content = .text(encoded, original: original)
    return [result]
  }

  private func bytes(_ unit: UInt16) -> [UInt8] {
    let high = UInt8(unit >> 8)
    let low = UInt8(truncatingIfNeeded: unit)
    return order == .bigEndian ? [high, low] : [low, high]
  }
}
