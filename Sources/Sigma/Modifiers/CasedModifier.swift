/// `cased`: the text is compared with its case.
struct CasedModifier: Modifier {
  func apply(to value: ModifierValue) throws(SigmaError) -> [ModifierValue] {
    var result = value
    switch value.content {
    case .text(var pattern, let original):
      pattern.isCased = true
      result.content = .text(pattern, original: original)
    case .field(var reference):
      reference.isCased = true
      result.content = .field(reference)
    default: throw misuse("cased applies to texts and field references only")
    }
    return [result]
  }
}
