internal import Core
internal import Correlation
internal import IncidentStore
public import ListCache
public import Tenancy

/// Incidents for the routes: reads and changes, with the cache told of changes.
public struct IncidentDesk: Sendable {
  let tenants: TenantPool
  let cache: ListCache?

  /// - Parameters:
  ///   - tenants: for reads and changes.
  ///   - cache: is told of each change before the change is answered; nil where there is none.
  public init(tenants: TenantPool, cache: ListCache?) {
    self.tenants = tenants
    self.cache = cache
  }

  func page(_ request: IncidentListRequest, of organization: OrganizationID) async throws
    -> [Incident]
  {
    // One more than a page tells whether there is another; the largest page cannot ask for more.
    let limit = min(request.limit + 1, IncidentQueries.largestPage)
    return try await tenants.withConnection(organization) { connection in
      try IncidentQueries.list(
        organization, request.filter, sort: request.sort, limit: limit, after: request.position,
        on: connection)
    }
  }

  /// By id, or by number as `INC-7`.
  func item(_ name: String, of organization: OrganizationID) async throws -> Incident? {
    if name.hasPrefix("INC-") {
      guard let number = Int64(name.dropFirst(4)) else { return nil }
      return try await tenants.withConnection(organization) { connection in
        try IncidentQueries.item(organization, number: number, on: connection)
      }
    }
    guard let id = IncidentID(name) else { return nil }
    return try await tenants.withConnection(organization) { connection in
      try IncidentQueries.item(organization, id, on: connection)
    }
  }

  func change(
    _ id: IncidentID, _ change: IncidentChange, ifRevision revision: Int32,
    of organization: OrganizationID, actor: String
  ) async throws -> IncidentChangeResult {
    let result = try await tenants.withConnection(organization) { connection in
      try IncidentUpdates.change(
        organization, id, change, ifRevision: revision, actor: actor, on: connection)
    }
    if case .changed = result { await changed(organization) }
    return result
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

  private func changed(_ organization: OrganizationID) async {
    // A failure makes the cache unused on this node until it has caught up.
    do throws(ListCacheError) { try await cache?.invalidate(.incidents(of: organization)) } catch {}
  }
}
