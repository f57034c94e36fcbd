internal import AnalyticsStore
public import Core
public import ListCache
internal import Postgres
internal import RuleStore
public import Rulebook
public import Tenancy

/// Summaries, coverage, entities and sources for the routes.
public struct AnalyticsDesk: Sendable {
  let tenants: TenantPool
  let rulebook: Rulebook
  let logSources: @Sendable (String) -> [LogSource]

  /// Days without an event of a log source after which the rules for it count as inert.
  static let dataDays: Int64 = 7

  /// - Parameter logSources: those that events of a source type can belong to.
  public init(
    tenants: TenantPool, rulebook: Rulebook,
    logSources: @escaping @Sendable (String) -> [LogSource]
  ) {
    self.tenants = tenants
    self.rulebook = rulebook
    self.logSources = logSources
  }

  func summary(
    _ range: SummaryRange, of organization: OrganizationID
  ) async throws -> AnalyticsSummary {
    try await tenants.withConnection(organization) { connection in
      try AnalyticsQueries.summary(organization, range, on: connection)
    }
  }

  /// The titles of an organization's rules, by id.
  func titles(of organization: OrganizationID, _ ids: [String]) async throws -> [String: String] {
    let rules = try await rulebook.current(organization)
    let titles = ids.compactMap { id in rules.record(id).map { (id, $0.title) } }
    return Dictionary(titles) { first, _ in first }
  }

  /// What the rules in force cover, and what of it was seen in a range of days.
  func coverage(
    _ range: SummaryRange, of organization: OrganizationID, at now: Timestamp
  ) async throws -> AttackCoverage {
    let rules = try await rulebook.latest(organization)
    let since = now.advanced(byMicroseconds: -Self.dataDays * Timestamp.microsecondsPerDay)
    let data = SummaryRange(from: since, to: now, by: .hour)
    let stored = try await tenants.withConnection(organization) { connection in
      try connection.transaction(isolation: .readOnlySnapshot) {
        let incidents = try AnalyticsQueries.observed(organization, range, on: connection)
        return StoredObservation(
          asOf: try AnalyticsQueries.asOf(organization, on: connection),
          sourceTypes: try AnalyticsQueries.sourceTypes(organization, data, on: connection),
          detections: try AnalyticsQueries.detections(organization, range, on: connection).groups,
          incidentsByTechnique: incidents.byTechnique)
      }
    }
    let seen = Set(stored.sourceTypes.flatMap(logSources))
    let needed = rules.logSources
    return AttackCoverage(
      rules: rules.listings.filter { $0.record.kind != .filter }.map { listing in
        AttackCoverage.Rule(
          listing,
          hasData: needed[listing.record.id]?.contains { source in
            seen.contains { source.applies(to: $0) }
          } ?? false)
      },
      detections: stored.detections, incidents: stored.incidentsByTechnique, range: range,
      dataFrom: data.from, asOf: stored.asOf)
  }
}

private struct StoredObservation: Sendable {
  let asOf: Timestamp
  let sourceTypes: [String]
  let detections: [String: Int64]
  let incidentsByTechnique: [String: Int64]
}

extension CacheScope {
  /// - Parameter range: where numbers of events are shown, the time that they are of.
  static func analytics(
    _ organization: OrganizationID, list: String, eventsOf range: SummaryRange? = nil
  ) -> CacheScope {
    var patterns: [CachePattern] = [.analytics(of: organization)]
    if let range {
      patterns +=
        CachePattern.months(of: organization, from: range.from, to: range.to)
        ?? [.events(of: organization)]
    }
    return CacheScope(list: list, organization: organization, within: patterns)
  }
}

extension CachePattern {
  /// Summaries, coverage and entities of an organization.
  public static func analytics(of organization: OrganizationID) -> CachePattern {
    CachePattern(stringLiteral: "analytics:org:\(organization):*")
  }

  /// Those of all organizations.
  static let analytics: CachePattern = "analytics:*"
}
