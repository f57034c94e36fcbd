import Core
import NIOConcurrencyHelpers
import Outbound
import Outbox
import Postgres
import Tenancy
import TestReceiver
import TestServers
import Testing
import WebhookStore

@testable import Webhooks

/// A migrated database with an organization, its webhooks, and nodes that send.
struct WebhookLab {
  let database: TestDatabase
  let pool: PostgresPool
  let store: WebhookStore
  let organization: OrganizationID
  let observer = Recorder()

  init() async throws {
    let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    database = try await SharedPostgres.shared().database(migrations: "\(root)/Migrations")
    pool = database.pool(maxConnections: 12)
    store = WebhookStore(tenants: TenantPool(pool: pool))
    organization = try await pool.withConnection { connection in
      OrganizationID(
        try connection.query(
          PostgresStatement(
            "test.organization",
            "insert into organizations (slug, name) values ('ours', 'ours') returning id"),
          row: { try $0.int4(0) })[0])
    }
  }

  /// Turns bits, so that a secret that was not opened is wrong.
  static let vault = WebhookVault(
    seal: { secret, _, _ in secret.map { $0 ^ 0x55 } },
    open: { sealed, _, _ in sealed.map { $0 ^ 0x55 } })

  func webhook(
    _ url: String, format: Webhook.Format = .generic, actions: [String] = [],
    minimumSeverity: IncidentSeverity = .low
  ) async throws -> Webhook {
    let id = WebhookID.random()
    return try await store.create(
      NewWebhook(
        id: id, name: "n", url: url,
        sealedSecret: try Self.vault.seal(Array("s3cret-s3cret-s3cret".utf8), organization, id),
        format: format, actions: actions, minimumSeverity: minimumSeverity, isEnabled: true,
        createdBy: "user:1"), of: organization)
  }

  /// A node; it works until the task is cancelled.
  func dispatcher(
    timeout: Duration = .seconds(5), retry: Double = 0.05, patience: Int32 = 60,
    lease: Int32 = 30, lane: Int = 2
  ) -> WebhookDispatcher {
    var limits = OutboundClient.Limits()
    limits.threads = 2 * lane
    limits.timeout = timeout
    var configuration = WebhookDispatcher.Configuration()
    configuration.lane = lane
    configuration.leaseSeconds = lease
    configuration.patienceSeconds = patience
    configuration.pollInterval = .milliseconds(50)
    configuration.retry.firstPause = retry
    return WebhookDispatcher(
      configuration, pool: pool, listening: database.configuration,
      client: OutboundClient(
        policy: OutboundPolicy(allowing: ["127.0.0.1"], allowsHTTP: true), limits: limits),
      vault: Self.vault, observer: observer)
  }

  /// Opens an incident; returns its id.
  func open(_ title: String = "t", severity: String = "high") async throws -> String {
    try await pool.withConnection { [organization] connection in
      try connection.transaction {
        try connection.execute(
          PostgresStatement(
            "test.counter",
            "insert into incident_counters (organization_id) values ($1) on conflict do nothing"),
          [.int4(organization.rawValue)])
        let id = try connection.query(
          PostgresStatement(
            "test.open",
            """
            with counter as (
              update incident_counters set last_number = last_number + 1
              where organization_id = $1
              returning last_number)
            insert into incidents (organization_id, id, number, title, reason, severity)
            select $1, gen_random_uuid(), last_number, $2, '', $3 from counter
            returning id::text
            """), [.int4(organization.rawValue), .text(title), .text(severity)],
          row: { try $0.text(0) })[0]
        try connection.execute(
          Self.journal, [.int4(organization.rawValue), .text(id), .text("opened")])
        return id
      }
    }
  }

  func tell(_ incident: String, _ action: String) async throws {
    _ = try await pool.withConnection { [organization] connection in
      try connection.execute(
        Self.journal, [.int4(organization.rawValue), .text(incident), .text(action)])
    }
  }

  private static let journal = PostgresStatement(
    "test.journal", "select incident_journal_append($1, $2::text::uuid, 'ann', $3, '{}')")

  func deliveries(_ webhook: Webhook) async throws -> [WebhookDelivery] {
    try await store.deliveries(
      webhook.id, of: organization, state: nil, before: nil, limit: 1000) ?? []
  }

  /// Runs nodes while `body` does.
  func with(
    _ dispatchers: [WebhookDispatcher], _ body: () async throws -> Void
  ) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for dispatcher in dispatchers { group.addTask { await dispatcher.run() } }
      defer { group.cancelAll() }
      try await body()
    }
  }

  func wait(
    _ what: Comment, _ condition: () async throws -> Bool
  ) async throws {
    let deadline = ContinuousClock.now + .seconds(30)
    while ContinuousClock.now < deadline {
      if try await condition() { return }
      try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record(what)
  }
}

final class Recorder: WebhookObserver {
  private let errors = NIOLockedValueBox<[String]>([])

  func attempted(_ attempt: WebhookAttempt, _ delivery: ClaimedDelivery) {}
  func made(_ deliveries: Int) {}
  func backlog(_ count: Int, oldestSeconds: Double) {}
  func failed(_ error: any Error) { errors.withLockedValue { $0.append("\(error)") } }

  var failures: [String] { errors.withLockedValue { $0 } }
}
