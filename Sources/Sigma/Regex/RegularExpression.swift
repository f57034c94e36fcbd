/// A regular expression of a rule, parsed (Sigma specification 2.1, "Regular Expression").
///
/// It is sought anywhere in a value, with case unless `ignoresCase`. Two are equal if their texts and
/// flags are.
public struct RegularExpression: Sendable {
  public let source: String
  /// `re|i`.
  public let ignoresCase: Bool
  /// `re|m`: `^` and `$` also hold at the ends of lines.
  public let isMultiline: Bool
  /// `re|s`: `.` also matches a newline.
  public let dotMatchesNewline: Bool
  let root: RegexNode
  let program: RegexProgram

  /// - Throws: `SigmaError` of code `.regex`, with the position in the pattern, for what is not a
  ///   regular expression or needs more than a linear-time engine can do, of code `.limit` for one
  ///   that is too large.
  public init(
    _ source: String, ignoresCase: Bool = false, isMultiline: Bool = false,
    dotMatchesNewline: Bool = false
  ) throws(SigmaError) {
    self.source = source
    self.ignoresCase = ignoresCase
    self.isMultiline = isMultiline
    self.dotMatchesNewline = dotMatchesNewline
    var parser = RegexParser(
      source,
      flags: RegexFlags(
        ignoresCase: ignoresCase, isMultiline: isMultiline, dotMatchesNewline: dotMatchesNewline))
    root = try parser.parse()
    program = try RegexCompiler.compile(root)
  }
}

extension RegularExpression: Hashable {
  public static func == (left: Self, right: Self) -> Bool {
    left.source == right.source && left.ignoresCase == right.ignoresCase
      && left.isMultiline == right.isMultiline
      && left.dotMatchesNewline == right.dotMatchesNewline
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(source)
    hasher.combine(ignoresCase)
    hasher.combine(isMultiline)
    hasher.combine(dotMatchesNewline)
  }
}
