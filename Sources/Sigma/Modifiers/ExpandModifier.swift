/// `expand`: placeholders, which Harrier has no definitions for; a tool that cannot resolve them
/// must reject the rule (specification 2.1, "Placeholders").
struct ExpandModifier: Modifier {
  func apply(to value: ModifierValue) throws(SigmaError) -> [ModifierValue] {
    var name = ""
    if case .text(_, let original) = value.content { name = " \(original)" }
    throw SigmaError(
      .placeholder,
      "expand: the placeholder\(name) has no definition: write its values into the rule instead")
  }
}
