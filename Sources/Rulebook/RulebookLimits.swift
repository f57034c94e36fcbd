/// What a rulebook keeps and how often it looks, and where a plain rule's incidents end.
public struct RulebookLimits: Sendable {
  /// Organizations whose current rules are kept.
  public var organizations = 1_024
  /// States of organizations that are kept beside the current ones.
  public var states = 1_024
  /// Revisions of the installation's rules that are kept compiled, each tens of megabytes where they are
  /// thousands.
  public var bases = 3
  /// How often it looks for changes that no notification told of.
  public var pollInterval = Duration.seconds(5)
  /// Microseconds of event time without a detection after which a plain rule's next one opens another
  /// incident. It must be the same on all nodes.
  public var gap = Int64(3_600_000_000)

  public init() {}
}
