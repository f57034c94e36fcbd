/// What a rule file may be at most. A file that is more is refused, and the refusal says so.
public struct RuleLoaderLimits: Sendable {
  public var bytesPerFile = 4 << 20
  public var documentsPerFile = 2000
  /// Values, keys and lists of one document, aliases written out.
  public var nodesPerDocument = 200_000
  /// Lists and maps within each other.
  public var depth = 32
  public var files = 100_000
  /// Directories within each other.
  public var directoryDepth = 24

  public init() {}
}
