public import Core
public import Correlation
public import Postgres

/// What people do to incidents. Every change is journalled and told to the followers in the same
/// transaction; call inside none.
public enum IncidentUpdates {
  /// Changes an incident if it still has `revision`.
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
      guard let current = try locked(organization, id, on: connection) else { return .notFound }
      if let revision, revision != current.revision { return .stale(current) }
      let problems = change.problems(for: current)
      guard problems.isEmpty else { return .refused(problems, current: current) }
      try connection.execute(update, values(change, organization, id))
      try journal(
        organization, id, actor, change.isOnlyComment ? "commented" : "updated",
        change.detail(from: current), on: connection)
      return .changed(try present(organization, id, on: connection))
    }
  }

  /// Opens an incident by hand.
  public static func create(
    _ organization: OrganizationID, _ new: NewIncident, actor: String,
    on connection: isolated PostgresConnection
  ) throws -> Incident {
    let id = IncidentID(firstFire: .now)
    return try connection.transaction {
      try connection.execute(makeCounter, [.int4(organization.rawValue)])
      try connection.execute(insert, new.values(organization, id))
      try journal(
        organization, id, actor, "created",
        JSONText.object([("reason", JSONText.string(new.reason))]), on: connection)
      return try present(organization, id, on: connection)
    }
  }

  /// Puts incidents under another, as links that `split` can undo. Each keeps its own evidence.
  ///
  /// - Returns: the incident that they are merged into; refused where one is merged already.
  public static func merge(
    _ organization: OrganizationID, _ ids: [IncidentID], into target: IncidentID, actor: String,
    on connection: isolated PostgresConnection
  ) throws -> IncidentChangeResult {
    try connection.transaction {
      guard let current = try locked(organization, target, on: connection) else { return .notFound }
      for (index, id) in ids.enumerated() {
        guard let other = try locked(organization, id, on: connection) else { return .notFound }
        guard other.status != .merged, current.status != .merged, id != target else {
          let error = FieldError(
            pointer: "/incidents/\(index)", code: "not_allowed",
            detail:
              "\(other.name) cannot be merged into \(current.name): one of them is merged already")
          return .refused([error], current: current)
        }
        try connection.execute(link, [.int4(organization.rawValue), id.value, target.value])
        let detail = [("merged_into", JSONText.string(target.description))]
        try journal(organization, id, actor, "merged", JSONText.object(detail), on: connection)
      }
      let members = JSONText.array(ids.map { JSONText.string($0.description) })
      try connection.execute(touch, [.int4(organization.rawValue), target.value])
      try journal(
        organization, target, actor, "absorbed", JSONText.object([("incidents", members)]),
        on: connection)
      return .changed(try present(organization, target, on: connection))
    }
  }

  /// Undoes a merge: the incident is open again.
  public static func split(
    _ organization: OrganizationID, _ id: IncidentID, actor: String,
    on connection: isolated PostgresConnection
  ) throws -> IncidentChangeResult {
    try connection.transaction {
      guard let current = try locked(organization, id, on: connection) else { return .notFound }
      let count = try connection.execute(unlink, [.int4(organization.rawValue), id.value])
      guard count == 1 else {
        let error = FieldError(
          pointer: "/status", code: "not_allowed",
          detail: "only an incident that a person merged can be split off")
        return .refused([error], current: current)
      }
      let detail = [("from", JSONText.string(current.mergedInto?.description))]
      try journal(organization, id, actor, "split", JSONText.object(detail), on: connection)
      return .changed(try present(organization, id, on: connection))
    }
  }

  private static func locked(
    _ organization: OrganizationID, _ id: IncidentID, on connection: isolated PostgresConnection
  ) throws -> Incident? {
    // The counter first, as correlation does, so that the two never wait for each other.
    try connection.execute(makeCounter, [.int4(organization.rawValue)])
    try connection.execute(lockCounter, [.int4(organization.rawValue)])
    return try IncidentQueries.item(organization, id, on: connection)
  }

  private static func present(
    _ organization: OrganizationID, _ id: IncidentID, on connection: isolated PostgresConnection
  ) throws -> Incident {
    guard let incident = try IncidentQueries.item(organization, id, on: connection) else {
      throw IncidentStoreError(.missingIncident, "incident \(id) is not there")
    }
    return incident
  }

  private static func journal(
    _ organization: OrganizationID, _ id: IncidentID, _ actor: String, _ action: String,
    _ detail: String, on connection: isolated PostgresConnection
  ) throws {
    try connection.execute(
      IncidentWriter.appendJournal,
      [.int4(organization.rawValue), id.value, .text(actor), .text(action), .jsonb(detail)])
  }
}
