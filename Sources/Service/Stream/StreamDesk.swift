internal import Core
public import Outbox
public import Tenancy

/// Live streams for the routes: the node's hub, and the outbox behind it.
public struct StreamDesk: Sendable {
  let hub: StreamHub
  let follower: OutboxFollower
  let tenants: TenantPool

  public init(hub: StreamHub, follower: OutboxFollower, tenants: TenantPool) {
    self.hub = hub
    self.follower = follower
    self.tenants = tenants
  }

  func extent(of organization: OrganizationID) async throws -> OutboxExtent {
    try await tenants.withConnection(organization) { connection in
      try OutboxStore.extent(of: organization, on: connection)
    }
  }

  func page(of organization: OrganizationID, after position: Int64) async throws -> [OutboxMessage]
  {
    try await tenants.withConnection(organization) { connection in
      try OutboxStore.page(of: organization, after: position, limit: 500, on: connection)
    }
  }
}
