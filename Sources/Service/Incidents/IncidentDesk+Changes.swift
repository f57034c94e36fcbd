internal import Core
internal import Correlation
internal import IncidentStore
internal import Postgres
internal import Tenancy

extension IncidentDesk {
  func change(
    _ id: IncidentID, _ change: IncidentChange, ifRevision revision: Int32?,
    of organization: OrganizationID, actor: String
  ) async throws -> IncidentChangeResult {
    let result = try await tenants.withConnection(organization) { connection in
      try Self.pin(organization, id, on: connection)
      return try IncidentUpdates.change(
        organization, id, change, ifRevision: revision, actor: actor, on: connection)
    }
    if case .changed = result { await changed(organization) }
    return result
  }

  /// Several at once; each result stands for itself.
  func change(
    _ items: [IncidentReference], _ change: IncidentChange, of organization: OrganizationID,
    actor: String
  ) async throws -> [IncidentChangeResult] {
    let results = try await tenants.withConnection(organization) { connection in
      for item in items {
        guard let id = try item.id(organization, on: connection) else { continue }
        try Self.pin(organization, id, on: connection)
      }
      return try IncidentUpdates.change(organization, items, change, actor: actor, on: connection)
    }
    await changed(organization)
    return results
  }

  func create(
    _ new: NewIncident, in organization: OrganizationID, actor: String
  ) async throws -> Incident {
    let incident = try await tenants.withConnection(organization) { connection in
      try IncidentUpdates.create(organization, new, actor: actor, on: connection)
    }
    await changed(organization)
    return incident
  }

  // MARK: Comments

  func comments(
    _ id: IncidentID, limit: Int, after sequence: Int64, of organization: OrganizationID
  ) async throws -> [IncidentComment] {
    try await tenants.withConnection(organization) { connection in
      try IncidentComments.list(organization, id, limit: limit, after: sequence, on: connection)
    }
  }

  func comment(
    _ text: String, on id: IncidentID, of organization: OrganizationID, actor: String
  ) async throws -> IncidentComment? {
    let comment = try await tenants.withConnection(organization) { connection in
      try Self.pin(organization, id, on: connection)
      return try IncidentComments.add(organization, id, text, actor: actor, on: connection)
    }
    await changed(organization)
    return comment
  }

  func withdraw(
    _ sequence: Int64, of id: IncidentID, reason: String, of organization: OrganizationID,
    actor: String, anyone: Bool
  ) async throws -> IncidentComments.Result {
    let result = try await tenants.withConnection(organization) { connection in
      try IncidentComments.withdraw(
        organization, id, sequence, reason: reason, actor: actor, anyone: anyone, on: connection)
    }
    await changed(organization)
    return result
  }

  // MARK: Links

  /// A merge, a split or an undo, on a connection that sees the organization.
  func link(
    _ id: IncidentID, of organization: OrganizationID,
    _ body: @Sendable (isolated PostgresConnection) throws -> IncidentLinks.Result
  ) async throws -> IncidentLinks.Result {
    let result = try await tenants.withConnection(organization) { connection in
      try Self.pin(organization, id, on: connection)
      return try body(connection)
    }
    if case .changed = result { await changed(organization) }
    return result
  }

  /// Before the change, so that one which is answered with an error has not been made.
  private static func pin(
    _ organization: OrganizationID, _ id: IncidentID, on connection: isolated PostgresConnection
  ) throws {
    try IncidentPins.pinFirst(organization, id, limit: pinnedFirst, on: connection)
  }
}
