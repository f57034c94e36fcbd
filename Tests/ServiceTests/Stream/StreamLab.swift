import Core
import Hummingbird
import Logging
import NIOCore
import Outbox
import Postgres
import Telemetry
import Tenancy
import TestServers

@testable import Access
@testable import Service

/// A database with one organization, and a hub that follows it.
struct StreamLab {
  static let key = "0123456789abcdef"

  let database: TestDatabase
  let pool: PostgresPool
  let organization: OrganizationID
  let hub: StreamHub
  let follower: OutboxFollower

  init(buffer: Int = 100) async throws {
    let root = "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
    database = try await SharedPostgres.shared().database(migrations: "\(root)/Migrations")
    pool = database.pool()
    organization = try await pool.withConnection { connection in
      OrganizationID(
        try connection.query(
          PostgresStatement(
            "test.organization",
            "insert into organizations (slug, name) values ('ours', 'ours') returning id"),
          row: { try $0.int4(0) })[0])
    }
    var limits = StreamLimits()
    limits.buffer = buffer
    hub = StreamHub(
      limits: limits,
      monitor: StreamMonitor(
        logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
        metrics: MetricsRegistry()))
    follower = OutboxFollower(pool: pool, listening: database.configuration, reader: hub)
  }

  /// Runs the follower while `body` does.
  func run(_ body: () async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await follower.run() }
      defer { group.cancelAll() }
      try await body()
    }
  }

  /// Runs a stream until its end, or until the reader has left.
  func stream(
    _ wire: Wire, resume: Int64? = nil,
    check: @escaping @Sendable () async -> LiveStream.Check = { .good(until: nil) }
  ) async throws {
    let desk = StreamDesk(hub: hub, follower: follower, tenants: TenantPool(pool: pool))
    guard let key = APIKeyID(rawValue: Self.key) else { return }
    let stream = LiveStream(
      desk: desk, seat: try hub.reserve(organization),
      subscriber: StreamSubscriber(
        Principal(organization: organization, subject: .key(key), scopes: [.incidentsRead]),
        topics: [.incidents], capacity: hub.limits.buffer, abort: {}),
      extent: try await desk.extent(of: organization), resume: resume, check: check)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        var writer: any ResponseBodyWriter = Wire.Writer(wire: wire)
        try await stream.run(&writer)
      }
      group.addTask {
        while !wire.isGone { try await Task.sleep(for: .milliseconds(2)) }
        throw Wire.Gone()
      }
      defer { group.cancelAll() }
      _ = try await group.next()
    }
  }

  /// Waits until the hub has handed out so many messages.
  func waitUntilRead(_ position: Int64) async throws {
    while hub.positions(of: nil).first?.position != position {
      try await Task.sleep(for: .milliseconds(2))
    }
  }

  func execute(_ sql: String) async throws {
    try await pool.withConnection { try $0.executeScript(sql) }
  }

  /// Opens an incident; returns its id.
  @discardableResult
  func open(_ title: String) async throws -> String {
    let id = try await pool.withConnection { [organization] connection in
      try connection.query(
        PostgresStatement(
          "test.open",
          """
          with counter as (
            insert into incident_counters (organization_id, last_number) values ($1, 1)
            on conflict (organization_id) do update
              set last_number = incident_counters.last_number + 1
            returning last_number)
          insert into incidents (organization_id, id, number, title, reason, severity)
          select $1, gen_random_uuid(), last_number, $2, '', 'high' from counter
          returning id::text
          """), [.int4(organization.rawValue), .text(title)], row: { try $0.text(0) })[0]
    }
    try await tell(id, "opened")
    return id
  }

  func tell(_ incident: String, _ action: String) async throws {
    _ = try await pool.withConnection { [organization] connection in
      try connection.execute(
        PostgresStatement(
          "test.journal", "select incident_journal_append($1, $2::text::uuid, 'ann', $3, '{}')"),
        [.int4(organization.rawValue), .text(incident), .text(action)])
    }
  }
}
