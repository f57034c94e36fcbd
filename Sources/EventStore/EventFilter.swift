public import Core
public import EventSearch
internal import Postgres

/// Which events of an organization are meant.
public struct EventFilter: Sendable, Hashable {
  public var organization: OrganizationID
  /// Inclusive.
  public var from: Timestamp
  /// Exclusive.
  public var to: Timestamp
  /// Nil for all of the range.
  public var query: EventQuery?

  public init(
    organization: OrganizationID, from: Timestamp, to: Timestamp, query: EventQuery? = nil
  ) {
    self.organization = organization
    self.from = from
    self.to = to
    self.query = query
  }

  /// The same events of another range.
  func within(_ from: Timestamp, _ to: Timestamp) -> EventFilter {
    EventFilter(organization: organization, from: from, to: to, query: query)
  }

  /// The condition of a row of `events`. Time bounds are always values, and always both: only then are
  /// other months' partitions left out when the statement is planned.
  func sql(_ parameters: inout SQLParameters) -> String {
    var conditions = [
      "organization_id = \(parameters.bind(.int4(organization.rawValue)))",
      "ts >= \(parameters.bind(from))",
      "ts < \(parameters.bind(to))",
      "deleted_at is null",
    ]
    for part in query?.conjuncts ?? [] { conditions.append("(\(part.sql(&parameters)))") }
    return conditions.joined(separator: " and ")
  }
}
