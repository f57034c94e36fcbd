import Core
import Outbox
import Postgres
import Tenancy
import TestServers
import Testing

@testable import WebhookStore

@Suite struct WebhookStoreTests {
  struct Lab {
    let pool: PostgresPool
    let store: WebhookStore
    let ours: OrganizationID
    let theirs: OrganizationID
  }

  /// The store as the service has it: under row-level security.
  func lab() async throws -> Lab {
    let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let database = try await SharedPostgres.shared().database(migrations: "\(root)/Migrations")
    let pool = database.pool()
    let make = PostgresStatement(
      "test.organization", "insert into organizations (slug, name) values ($1, $1) returning id")
    let ids = try await pool.withConnection { connection in
      try ["ours", "theirs"].map { name in
        OrganizationID(try connection.query(make, [.text(name)]) { try $0.int4(0) }[0])
      }
    }
    let tenants = PostgresConfiguration(
      conninfo: database.conninfo, settings: [(name: "role", value: "harrier_tenant")])
    return Lab(
      pool: pool,
      store: WebhookStore(
        tenants: TenantPool(pool: PostgresPool(configuration: tenants, maxConnections: 4))),
      ours: ids[0], theirs: ids[1])
  }

  func new(_ name: String = "n") -> NewWebhook {
    NewWebhook(
      id: .random(), name: name, url: "https://example.com/", sealedSecret: [1, 2, 3],
      format: .slack, actions: ["opened"], minimumSeverity: .medium, isEnabled: true,
      createdBy: "user:1")
  }

  @Test func whatIsMadeIsThereForItsOrganizationOnly() async throws {
    let lab = try await lab()
    let made = try await lab.store.create(new("On call"), of: lab.ours)
    #expect(made.name == "On call")
    #expect(made.format == .slack)
    #expect(made.actions == ["opened"])
    #expect(made.minimumSeverity == .medium)
    #expect(made.isEnabled)
    #expect(try await lab.store.all(of: lab.ours) == [made])
    #expect(try await lab.store.item(made.id, of: lab.ours) == made)
    #expect(try await lab.store.all(of: lab.theirs) == [])
    #expect(try await lab.store.item(made.id, of: lab.theirs) == nil)
    #expect(try await lab.store.change(made.id, WebhookChange(), of: lab.theirs) == nil)
    #expect(try await lab.store.delete(made.id, of: lab.theirs) == false)
    #expect(
      try await lab.store.deliveries(
        made.id, of: lab.theirs, state: nil, before: nil, limit: 10) == nil)
  }

  @Test func onlyWhatIsGivenIsChanged() async throws {
    let lab = try await lab()
    let made = try await lab.store.create(new(), of: lab.ours)
    var change = WebhookChange()
    change.name = "Other"
    change.actions = []
    change.isEnabled = false
    let changed = try #require(try await lab.store.change(made.id, change, of: lab.ours))
    #expect(changed.name == "Other")
    #expect(changed.url == made.url)
    #expect(changed.format == .slack)
    #expect(changed.actions == [])
    #expect(!changed.isEnabled)
  }

  @Test func thereIsABound() async throws {
    let lab = try await lab()
    for _ in 0..<Webhook.most { _ = try await lab.store.create(new(), of: lab.ours) }
    await #expect(throws: WebhookStoreError.self) {
      try await lab.store.create(new(), of: lab.ours)
    }
    _ = try await lab.store.create(new(), of: lab.theirs)
  }

  @Test func listsOfDeliveriesAreBoundedAndContinued() async throws {
    let lab = try await lab()
    let webhook = try await lab.store.create(new(), of: lab.ours)
    let notice = IncidentNotice(
      id: "", number: 0, revision: 0, status: "open", severity: "low", action: "test", title: "t")
    for _ in 0..<5 { _ = try await lab.store.test(webhook.id, notice, of: lab.ours) }
    let first = try #require(
      try await lab.store.deliveries(
        webhook.id, of: lab.ours, state: .pending, before: nil, limit: 3))
    let rest = try #require(
      try await lab.store.deliveries(
        webhook.id, of: lab.ours, state: nil, before: first.last?.ordinal, limit: 3))
    #expect(first.count == 3)
    #expect(rest.count == 2)
    #expect((first + rest).map(\.ordinal) == (first + rest).map(\.ordinal).sorted(by: >))
    let none = try await lab.store.deliveries(
      webhook.id, of: lab.ours, state: .dead, before: nil, limit: 3)
    #expect(none == [])
    guard
      case .pending = try await lab.store.redeliver(
        first[0].id, webhook.id, of: lab.ours, for: 60)
    else {
      Issue.record("it is still to be sent")
      return
    }
    guard
      case .notFound = try await lab.store.redeliver(
        .random(), webhook.id, of: lab.ours, for: 60)
    else {
      Issue.record("there is no such delivery")
      return
    }
  }
}
