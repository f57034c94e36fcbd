/// `contains`, `startswith`, `endswith`: where in the field's value the text stands.
struct AnchorModifier: Modifier {
  let name: String
  /// Whether anything may stand before or after the text.
  let before: Bool
  let after: Bool

  func apply(to value: ModifierValue) throws(SigmaError) -> [ModifierValue] {
    var result = value
    result.isAnchored = true
    switch value.content {
    case .text(var pattern, let original):
      if before { pattern.prepend(.many) }
      if after { pattern.append(.many) }
      result.content = .text(pattern, original: original)
    case .field(var reference):
      guard reference.anchor == .whole else { throw misuse("\(name) after another anchor") }
      reference.anchor = before ? (after ? .anywhere : .suffix) : .prefix
      result.content = .field(reference)
    case .regex where before && after: break
    default: throw misuse("\(name) applies to texts and field references only")
    }
    return [result]
  }
}
