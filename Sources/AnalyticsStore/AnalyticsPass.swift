public import Core

/// What one pass of ``AnalyticsRefresh`` did.
public struct AnalyticsPass: Sendable, Equatable {
  /// Whose numbers changed.
  public var organizations: Set<OrganizationID> = []
  /// Changes of incidents that are counted now.
  public var changes = 0
  /// Detections that are counted now.
  public var detections: Int64 = 0
  /// Whether there is more to do at once.
  public var hasMore = false

  public init() {}
}

/// How much one pass does, so that each of its transactions is short.
public struct AnalyticsLimits: Sendable {
  /// Changes of incidents in one transaction.
  public var changes: Int64 = 500
  /// Commits of one writer whose detections are counted in one transaction.
  public var commits: Int64 = 200
  /// Entities that one incident gives points to, with all that was merged into it.
  public var entitiesPerIncident: Int32 = 500
  /// The newest incidents that an entity's risk is made of.
  public var incidentsPerEntity: Int64 = 1000

  public init() {}
}

/// An entity, as the store's keys name it.
struct EntityKey: Hashable, Sendable {
  var organization: Int32
  var type: String
  var value: String
}
