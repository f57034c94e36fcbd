internal import AnalyticsStore
internal import Core
internal import Postgres

/// An entity with what its risk is made of.
struct EntityAnswer: Sendable {
  /// Which incidents are listed.
  enum Contributions: String, CaseIterable {
    /// Those that add to the risk.
    case counting
    /// Also those that add nothing, such as false positives.
    case all
  }

  let entity: EntityRisk
  let contributions: ArraySlice<RiskContribution>
  /// Whether there are no others.
  let isComplete: Bool
  let asOf: Timestamp

  /// Nil where no incident of the organization names the entity.
  init?(
    _ organization: OrganizationID, _ type: EntityType, _ value: String, limit: Int,
    _ which: Contributions, on connection: isolated PostgresConnection
  ) throws {
    guard let entity = try EntityQueries.item(organization, type, value, on: connection) else {
      return nil
    }
    let found = try EntityQueries.contributions(
      organization, entity, onlyCounting: which == .counting, limit: limit + 1, on: connection)
    self.entity = entity
    contributions = found.prefix(limit)
    isComplete = found.count <= limit
    asOf = try AnalyticsQueries.asOf(organization, on: connection)
  }

  func write(to json: inout JSONWriter, at now: Timestamp) {
    json.entityMembers(entity, at: now)
    json.member("at", now)
    json.member("as_of", asOf)
    json.member("half_life_seconds", entity.halfLife)
    json.array("contributions") { json in
      for contribution in contributions {
        json.object { $0.contributionMembers(contribution, to: entity, at: now) }
      }
    }
    json.member("contributions_complete", isComplete)
  }
}
