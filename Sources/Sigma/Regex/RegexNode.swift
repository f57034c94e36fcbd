/// The tree of a regular expression. Case and flags are already applied to its leaves.
indirect enum RegexNode: Hashable, Sendable {
  case empty
  /// One character of the class.
  case characters(ScalarSet)
  case assertion(RegexAssertion)
  case concatenation([RegexNode])
  case alternation([RegexNode])
  /// `maximum` nil is unbounded.
  case repetition(RegexNode, minimum: Int, maximum: Int?)
}

/// What must be so between two characters.
enum RegexAssertion: Hashable, Sendable {
  /// `\A`, and `^` unless multiline.
  case textStart
  /// `\z`.
  case textEnd
  /// `\Z`, and `$` unless multiline: the end, or before a newline that ends the text.
  case textEndOrFinalNewline
  /// `^` in multiline mode.
  case lineStart
  /// `$` in multiline mode.
  case lineEnd
  case wordBoundary
  case notWordBoundary
}

struct RegexFlags: Hashable, Sendable {
  var ignoresCase = false
  var isMultiline = false
  var dotMatchesNewline = false
}
