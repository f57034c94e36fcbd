public import Core

/// What one field of an event is compared with, typed.
public enum Predicate: Hashable, Sendable {
  /// The whole value, with wildcards.
  case text(TextPattern)
  /// The field is absent, or a JSON null. An empty text is neither.
  case null
  /// The field is there, whatever it holds, or is not.
  case exists(Bool)
  /// The value is an address of this network.
  case cidr(CIDRBlock)
  /// The pattern is found anywhere in the value.
  case regex(RegularExpression)
  /// The value is a number in this relation to the rule's.
  case compare(ComparisonOperator, Number)
  /// A part of the value, read as a date, in this relation to the rule's number.
  case datePart(DatePart, ComparisonOperator, Number)
  /// The value of another field of the same event.
  case field(FieldReference)
}

public enum ComparisonOperator: String, CaseIterable, Hashable, Sendable {
  case gt, gte, lt, lte, eq, neq

  public func holds<Value: Comparable>(_ left: Value, _ right: Value) -> Bool {
    switch self {
    case .gt: left > right
    case .gte: left >= right
    case .lt: left < right
    case .lte: left <= right
    case .eq: left == right
    case .neq: left != right
    }
  }
}

public enum DatePart: String, CaseIterable, Hashable, Sendable {
  case minute, hour, day, week, month, year
}

/// The value of another field, compared as text: all of it, or a part of the value.
public struct FieldReference: Hashable, Sendable {
  public enum Anchor: String, Hashable, Sendable {
    case whole, prefix, suffix, anywhere
  }

  public var field: String
  public var anchor: Anchor
  public var isCased: Bool

  public init(field: String, anchor: Anchor = .whole, isCased: Bool = false) {
    self.field = field
    self.anchor = anchor
    self.isCased = isCased
  }
}
