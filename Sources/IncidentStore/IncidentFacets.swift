/// How many incidents of a filter have each value of some members.
public struct IncidentFacets: Sendable, Equatable {
  public struct Count: Sendable, Equatable {
    /// Nil for incidents that nobody has.
    public let value: String?
    /// Of a rule.
    public let title: String?
    public let incidents: Int64
  }

  /// The most values that a member shows; those of the most incidents are shown.
  public static let most = 100
  /// Where the filter has conditions that are not counted ahead, the incidents that are counted.
  public static let counted = 20_000

  public var statuses: [Count] = []
  public var severities: [Count] = []
  public var assignees: [Count] = []
  public var rules: [Count] = []
  public var verdicts: [Count] = []
  /// Of all that the filter lets through.
  public var total: Int64 = 0
  /// Whether every incident was counted.
  public var isComplete = true

  public init() {}
}
