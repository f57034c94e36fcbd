/// `fieldref`: the value names another field of the same event.
struct FieldReferenceModifier: Modifier {
  func apply(to value: ModifierValue) throws(SigmaError) -> [ModifierValue] {
    guard case .text(let pattern, _) = value.content, let bytes = pattern.literal, !bytes.isEmpty
    else { throw misuse("fieldref takes a field's name without wildcards") }
    var result = value
    result.content = .field(
      FieldReference(field: String(decoding: bytes, as: UTF8.self), isCased: pattern.isCased))
    return [result]
  }
}
