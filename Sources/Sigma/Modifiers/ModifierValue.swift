/// A rule's value on its way through the modifiers of its field item, which apply in order.
struct ModifierValue: Sendable {
  enum Content: Sendable {
    /// A text or number. `original` is the value as written, which `re` and the numeric modifiers
    /// read.
    case text(TextPattern, original: String)
    case null
    case bool(Bool)
    case regex(RegularExpression)
    case predicate(Predicate)
    case number(ComparisonOperator, Number)
    case datePart(DatePart, ComparisonOperator, Number)
    case field(FieldReference)
  }

  var content: Content
  /// The modifiers so far, `all` and `neq` left out.
  var applied: [String] = []
  /// Whether `contains`, `startswith` or `endswith` has said where the text stands.
  var isAnchored = false

  init(_ scalar: RuleScalar) {
    switch scalar {
    case .text(let text): content = .text(TextPattern(text), original: text)
    case .number(let text): content = .text(TextPattern(literal: text), original: text)
    case .bool(let value): content = .bool(value)
    case .null: content = .null
    }
  }
}

/// One value of a rule as its file has it. A number keeps its text, since numbers compare as text.
public enum RuleScalar: Hashable, Sendable {
  case text(String)
  case number(String)
  case bool(Bool)
  case null

  /// For explanations and error texts.
  public var text: String {
    switch self {
    case .text(let text), .number(let text): text
    case .bool(let value): value ? "true" : "false"
    case .null: "null"
    }
  }
}
