/// One line of a search: a field, what it must be, and how its values are joined.
///
/// A field that an event holds several times (an array's elements) satisfies a value if any of its
/// occurrences does.
public struct FieldItem: Sendable {
  /// Nil is a keyword: the value is sought in the event's whole text.
  public var field: String?
  /// As written, in order: `contains`, `all`.
  public var modifiers: [String]
  public var values: [FieldValue]
  /// `all`: every value must hold, rather than any.
  public var requiresAll: Bool
  /// `neq`: the item holds if its values do not, so also where the field is absent.
  public var isNegated: Bool
  public var line: Int

  public init(
    field: String?, modifiers: [String] = [], values: [FieldValue], requiresAll: Bool = false,
    isNegated: Bool = false, line: Int = 1
  ) {
    self.field = field
    self.modifiers = modifiers
    self.values = values
    self.requiresAll = requiresAll
    self.isNegated = isNegated
    self.line = line
  }
}

/// One value of a field item: the predicates that its modifiers made of it, of which one must hold.
public struct FieldValue: Hashable, Sendable {
  /// As written in the rule.
  public var text: String
  public var alternatives: [Predicate]

  public init(text: String, alternatives: [Predicate]) {
    self.text = text
    self.alternatives = alternatives
  }
}
