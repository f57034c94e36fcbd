import AnalyticsStore
import Core
import Correlation
import IncidentStore
import Postgres
import Tenancy
import TestServers

/// A migrated database with two organizations, reached as the service and as its tenants.
struct AnalyticsDatabase {
  let pool: PostgresPool
  let tenants: TenantPool
  let ours: OrganizationID
  let theirs: OrganizationID

  static let week: Int32 = 604_800

  init() async throws {
    let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let database = try await SharedPostgres.shared().database(migrations: "\(root)/Migrations")
    pool = database.pool()
    var configuration = database.configuration
    configuration.settings = [
      (name: "role", value: "harrier_tenant"), (name: "enable_sort", value: "off"),
      (name: "plan_cache_mode", value: "force_custom_plan"),
    ]
    tenants = TenantPool(pool: PostgresPool(configuration: configuration, maxConnections: 2))
    let make = PostgresStatement(
      "test.organization", "insert into organizations (slug, name) values ($1, $1) returning id")
    let ids = try await pool.withConnection { connection in
      try ["ours", "theirs"].map { name in
        OrganizationID(try connection.query(make, [.text(name)]) { try $0.int4(0) }[0])
      }
    }
    (ours, theirs) = (ids[0], ids[1])
  }

  func run(_ sql: String) async throws {
    try await pool.withConnection { try $0.executeScript(sql) }
  }

  /// The rows of a query, each as the text of its columns.
  func rows(_ sql: String) async throws -> [String] {
    let statement = PostgresStatement("test.rows", "select r::text from (\(sql)) r")
    return try await pool.withConnection { try $0.query(statement) { try $0.text(0) } }
  }

  func create(
    _ title: String = "Odd login", severity: IncidentSeverity = .medium,
    entities: [IncidentEntity] = [], techniques: [String] = [],
    in organization: OrganizationID? = nil
  ) async throws -> Incident {
    var new = NewIncident(title: title, reason: "seen by hand", severity: severity)
    new.entities = entities
    new.techniques = techniques
    let made = new
    let organization = organization ?? ours
    return try await tenants.withConnection(organization) { connection in
      try IncidentUpdates.create(organization, made, actor: "ann", on: connection)
    }
  }

  func change(
    _ id: IncidentID, in organization: OrganizationID? = nil,
    _ edit: (inout IncidentChange) -> Void
  ) async throws {
    var change = IncidentChange()
    edit(&change)
    let made = change
    let organization = organization ?? ours
    _ = try await tenants.withConnection(organization) { connection in
      try IncidentUpdates.change(
        organization, id, made, ifRevision: nil, actor: "ann", on: connection)
    }
  }

  func merge(
    _ id: IncidentID, into target: IncidentID, in organization: OrganizationID
  ) async throws {
    _ = try await tenants.withConnection(organization) { connection in
      try IncidentLinks.merge(
        organization, [IncidentReference(.id(id))], into: target, actor: "ann", on: connection)
    }
  }

  /// Takes an incident out of the one that it was merged into.
  func split(_ id: IncidentID, in organization: OrganizationID) async throws {
    let masters = try await rows("select merged_into::text from incidents where id = '\(id)'")
    guard let text = masters.first, let master = IncidentID(String(text.dropFirst().dropLast()))
    else { return }
    _ = try await tenants.withConnection(organization) { connection in
      try IncidentLinks.split(
        organization, [IncidentReference(.id(id))], from: master, actor: "ann", on: connection)
    }
  }

  @discardableResult
  func pass(
    halfLife: Int32 = week, limits: AnalyticsLimits = AnalyticsLimits()
  ) async throws -> AnalyticsPass? {
    let refresh = AnalyticsRefresh(halfLife: halfLife, limits: limits)
    return try await pool.withConnection { try refresh.pass(on: $0) }
  }

  /// Passes until there is nothing left to count.
  func drain(halfLife: Int32 = week, limits: AnalyticsLimits = AnalyticsLimits()) async throws {
    while try await pass(halfLife: halfLife, limits: limits)?.hasMore != false {}
  }

  func summary(_ range: SummaryRange? = nil) async throws -> AnalyticsSummary {
    let now = Timestamp.now
    let range =
      range
      ?? SummaryRange(
        from: now.advanced(byMicroseconds: -Timestamp.microsecondsPerDay), to: now, by: .hour)
    return try await tenants.withConnection(ours) { connection in
      try AnalyticsQueries.summary(ours, range, on: connection)
    }
  }

  func entity(_ type: EntityType, _ value: String) async throws -> EntityRisk? {
    try await tenants.withConnection(ours) { connection in
      try EntityQueries.item(ours, type, value, on: connection)
    }
  }
}
