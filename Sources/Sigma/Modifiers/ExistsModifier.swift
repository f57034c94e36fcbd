/// `exists`: whether the field is there at all.
struct ExistsModifier: Modifier {
  func apply(to value: ModifierValue) throws(SigmaError) -> [ModifierValue] {
    guard value.applied.isEmpty else {
      throw misuse("exists stands alone, without other modifiers")
    }
    guard case .bool(let isThere) = value.content else {
      throw misuse("exists takes true or false, unquoted")
    }
    var result = value
    result.content = .predicate(.exists(isThere))
    return [result]
  }
}
