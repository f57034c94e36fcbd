/// `re`: the value is a regular expression.
struct RegexModifier: Modifier {
  func apply(to value: ModifierValue) throws(SigmaError) -> [ModifierValue] {
    guard value.applied.isEmpty else { throw misuse("re must be the first modifier") }
    guard case .text(_, let original) = value.content else { throw misuse("re applies to texts") }
    guard !original.isEmpty else {
      throw SigmaError(.regex, "regex: an empty one matches anything")
    }
    var result = value
    result.content = .regex(try RegularExpression(original))
    return [result]
  }
}

/// `i`, `m`, `s` behind `re`.
struct RegexFlagModifier: Modifier {
  enum Flag: Sendable { case ignoresCase, isMultiline, dotMatchesNewline }

  let flag: Flag

  func apply(to value: ModifierValue) throws(SigmaError) -> [ModifierValue] {
    guard case .regex(let regex) = value.content else {
      throw misuse("i, m and s stand behind re only")
    }
    var result = value
    result.content = .regex(
      try RegularExpression(
        regex.source, ignoresCase: regex.ignoresCase || flag == .ignoresCase,
        isMultiline: regex.isMultiline || flag == .isMultiline,
        dotMatchesNewline: regex.dotMatchesNewline || flag == .dotMatchesNewline))
    return [result]
  }
}
