/// How large a query may be.
public enum EventQueryLimits {
  /// Of its text.
  public static let bytes = 4096
  /// Of parentheses and negations within each other.
  public static let depth = 32
  /// Of fields, words and phrases.
  public static let terms = 100
  /// The longest range of time over which a text may be searched by a pattern that does not begin with
  /// a text: a day, and some slack for a range that ends in the future.
  public static let openWildcardMicroseconds: Int64 = 86_400_000_000 + 600_000_000
}
