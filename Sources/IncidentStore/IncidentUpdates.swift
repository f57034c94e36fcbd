public import Core
public import Correlation
public import Postgres

/// What people do to incidents. Every change is journalled and told to the followers in the same
/// transaction; call inside none.
public enum IncidentUpdates {
  /// Changes an incident if it still has `revision`. A change that changes nothing is none: the incident
  /// keeps its revision and the journal tells nothing.
  ///
  /// - Parameters:
  ///   - revision: what the caller has seen; nil takes any.
  ///   - actor: who does it, for the journal.
  public static func change(
    _ organization: OrganizationID, _ id: IncidentID, _ change: IncidentChange,
    ifRevision revision: Int32?,
    actor: String, on connection: isolated PostgresConnection
  ) throws -> IncidentChangeResult {
    try connection.transaction {
      try lock(organization, on: connection)
      return try apply(
        change, to: id, organization, ifRevision: revision, actor: actor, on: connection)
    }
  }

  /// The change of several incidents, one transaction for each fifty, so that correlation never waits
  /// long. Each is changed, or not, for itself.
  public static func change(
    _ organization: OrganizationID, _ items: [IncidentReference], _ change: IncidentChange,
    actor: String, on connection: isolated PostgresConnection
  ) throws -> [IncidentChangeResult] {
    var results: [IncidentChangeResult] = []
    results.reserveCapacity(items.count)
    var rest = items[...]
    while !rest.isEmpty {
      let some = rest.prefix(50)
      rest = rest.dropFirst(50)
      results += try connection.transaction {
        try lock(organization, on: connection)
        return try some.map { item in
          guard let id = try item.id(organization, on: connection) else { return .notFound }
          return try apply(
            change, to: id, organization, ifRevision: item.revision, actor: actor, on: connection)
        }
      }
    }
    return results
  }

  /// Opens an incident by hand.
  public static func create(
    _ organization: OrganizationID, _ new: NewIncident, actor: String,
    on connection: isolated PostgresConnection
  ) throws -> Incident {
    let id = IncidentID(firstFire: .now)
    return try connection.transaction {
      try lock(organization, on: connection)
      try connection.execute(insert, new.values(organization, id))
      try journal(
        organization, id, actor, "created",
        JSONText.object([("reason", JSONText.string(new.reason))]), on: connection)
      return try present(organization, id, on: connection)
    }
  }

  /// The change in the caller's transaction, under the lock of the organization's counter.
  static func apply(
    _ change: IncidentChange, to id: IncidentID, _ organization: OrganizationID,
    ifRevision revision: Int32?, actor: String, on connection: isolated PostgresConnection
  ) throws -> IncidentChangeResult {
    guard let current = try IncidentQueries.item(organization, id, on: connection) else {
      return .notFound
    }
    if let revision, revision != current.revision { return .stale(current) }
    let problems = change.problems(for: current)
    guard problems.isEmpty else { return .refused(problems, current: current) }
    let detail = change.detail(from: current)
    guard detail != nil || change.comment != nil else { return .changed(current) }
    try connection.execute(update, values(change, organization, id))
    if let detail { try journal(organization, id, actor, "updated", detail, on: connection) }
    if let comment = change.comment {
      let said = JSONText.object([("comment", JSONText.string(comment))])
      try journal(organization, id, actor, "commented", said, on: connection)
    }
    return .changed(try present(organization, id, on: connection))
  }

  /// The organization's counter: first of all, as correlation does, so that the two never wait for each
  /// other in a circle.
  static func lock(
    _ organization: OrganizationID, on connection: isolated PostgresConnection
  ) throws {
    try connection.execute(makeCounter, [.int4(organization.rawValue)])
    try connection.execute(lockCounter, [.int4(organization.rawValue)])
  }

  static func present(
    _ organization: OrganizationID, _ id: IncidentID, on connection: isolated PostgresConnection
  ) throws -> Incident {
    guard let incident = try IncidentQueries.item(organization, id, on: connection) else {
      throw IncidentStoreError(.missingIncident, "incident \(id) is not there")
    }
    return incident
  }

  static func journal(
    _ organization: OrganizationID, _ id: IncidentID, _ actor: String, _ action: String,
    _ detail: String, on connection: isolated PostgresConnection
  ) throws {
    try connection.execute(
      IncidentWriter.appendJournal,
      [.int4(organization.rawValue), id.value, .text(actor), .text(action), .jsonb(detail)])
  }
}
