internal import Core
internal import Correlation
public import EventStore
internal import IncidentStore
public import ListCache
internal import Postgres
public import Tenancy

/// Incidents for the routes: reads and changes, with the cache told of changes.
public struct IncidentDesk: Sendable {
  /// The events of an incident that are copied when a person first does something about it; the rest is
  /// when their month goes.
  static let pinnedFirst = 2000

  let tenants: TenantPool
  let events: EventQueries
  let people: IncidentPeople
  let cache: ListCache?

  /// - Parameters:
  ///   - tenants: for reads and changes.
  ///   - events: what incidents cite.
  ///   - people: who can be given an incident.
  ///   - cache: is told of each change before the change is answered; nil where there is none.
  public init(
    tenants: TenantPool, events: EventQueries, people: IncidentPeople, cache: ListCache?
  ) {
    self.tenants = tenants
    self.events = events
    self.people = people
    self.cache = cache
  }

  /// One page, and whether another follows.
  func page(
    _ request: IncidentListRequest, of organization: OrganizationID
  ) async throws -> (incidents: [Incident], hasMore: Bool) {
    // One more than a page tells whether there is another; the largest page cannot ask for more.
    let limit = min(request.limit + 1, IncidentQueries.largestPage)
    let found = try await Self.unlessWordless([]) {
      try await tenants.withConnection(organization) { connection in
        try IncidentQueries.list(
          organization, request.filter, sort: request.sort, limit: limit, after: request.position,
          on: connection)
      }
    }
    let hasMore = found.count > request.limit || found.count == IncidentQueries.largestPage
    return (Array(found.prefix(request.limit)), hasMore)
  }

  func facets(_ filter: IncidentFilter, of organization: OrganizationID) async throws
    -> IncidentFacets
  {
    try await Self.unlessWordless(IncidentFacets()) {
      try await tenants.withConnection(organization) { connection in
        try IncidentTally.facets(organization, filter, on: connection)
      }
    }
  }

  func total(
    _ filter: IncidentFilter, upTo limit: Int, of organization: OrganizationID
  ) async throws -> (count: Int64, isExact: Bool) {
    try await Self.unlessWordless((0, true)) {
      try await tenants.withConnection(organization) { connection in
        try IncidentTally.total(organization, filter, upTo: limit, on: connection)
      }
    }
  }

  /// A search for no word finds nothing.
  private static func unlessWordless<R>(
    _ nothing: R, _ body: () async throws -> R
  ) async throws -> R {
    do {
      return try await body()
    } catch let error as IncidentStoreError where error.code == .noWords {
      return nothing
    }
  }

  /// By id, or by number as `INC-7`.
  func item(_ name: String, of organization: OrganizationID) async throws -> Incident? {
    switch IncidentReference.Name(name) {
    case nil: return nil
    case .number(let number)?:
      return try await tenants.withConnection(organization) { connection in
        try IncidentQueries.item(organization, number: number, on: connection)
      }
    case .id(let id)?:
      return try await tenants.withConnection(organization) { connection in
        try IncidentQueries.item(organization, id, on: connection)
      }
    }
  }

  /// The same, or the ``Problem`` 404.
  func required(_ name: String?, of organization: OrganizationID) async throws -> Incident {
    guard let name, let incident = try await item(name, of: organization) else {
      throw Problem.noSuch("incident")
    }
    return incident
  }

  func changed(_ organization: OrganizationID) async {
    // A failure makes the cache unused on this node until it has caught up.
    do throws(ListCacheError) { try await cache?.invalidate(.incidents(of: organization)) } catch {}
  }
}
