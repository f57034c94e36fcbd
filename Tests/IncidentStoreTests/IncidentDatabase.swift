import Core
import Correlation
import IncidentStore
import Postgres
import TestServers

/// A migrated database with two organizations.
struct IncidentDatabase {
  let pool: PostgresPool
  /// As the service's requests run: under row-level security, with its settings.
  let tenant: PostgresPool
  let ours: OrganizationID
  let theirs: OrganizationID

  init() async throws {
    let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let database = try await SharedPostgres.shared().database(migrations: "\(root)/Migrations")
    pool = database.pool()
    tenant = PostgresPool(
      configuration: PostgresConfiguration(
        conninfo: database.conninfo,
        settings: [
          (name: "enable_sort", value: "off"), (name: "jit", value: "off"),
          (name: "plan_cache_mode", value: "force_custom_plan"),
          (name: "role", value: "harrier_tenant"),
        ]), maxConnections: 4)
    let make = PostgresStatement(
      "test.organization", "insert into organizations (slug, name) values ($1, $1) returning id")
    let ids = try await pool.withConnection { connection in
      try ["ours", "theirs"].map { name in
        OrganizationID(try connection.query(make, [.text(name)]) { try $0.int4(0) }[0])
      }
    }
    (ours, theirs) = (ids[0], ids[1])
  }

  /// Runs on a connection that sees our organization, or another one, and no other.
  func asTenant<R: Sendable>(
    _ organization: OrganizationID? = nil,
    _ body: @Sendable (isolated PostgresConnection) throws -> R
  ) async throws -> R {
    let organization = organization ?? ours
    return try await tenant.withConnection { connection in
      let enter = PostgresStatement(
        "test.enter", "select set_config('harrier.organization', $1, false)")
      try connection.execute(enter, [.text("\(organization)")])
      return try body(connection)
    }
  }

  /// Lets an incident rest on events, as correlation does.
  func cite(_ events: [EventKey], in incident: Incident, rule: String = "rule") async throws {
    let insert = PostgresStatement(
      "test.cite",
      """
      insert into incident_events (organization_id, ts, incident_id, event_id, rule_id)
      select $1, ts, $2, id, $5
      from unnest($3::timestamptz[], $4::uuid[]) as cited (ts, id)
      on conflict do nothing
      """)
    let recount = PostgresStatement("test.recount", "select incident_recount($1, $2, 100)")
    let id = PostgresValue.uuid(high: incident.id.uuid.high, low: incident.id.uuid.low)
    let organization = PostgresValue.int4(ours.rawValue)
    try await pool.withConnection { connection in
      try connection.execute(
        insert,
        [
          organization, id, .timestamptzArray(events.map(\.ts.microseconds)),
          .uuidArray(events.map { ($0.id.high, $0.id.low) }), .text(rule),
        ])
      try connection.execute(recount, [organization, id])
    }
  }

  /// Ids that say in which millisecond they happened, as those of real events do.
  static func events(_ count: Int, from ts: Timestamp = Timestamp("2026-03-05T10:00:00Z")!)
    -> [EventKey]
  {
    (0..<count).map { index in
      let ts = ts.advanced(byMicroseconds: Int64(index) * 1_000_123)
      return EventKey(ts: ts, id: EventID(timestamp: ts, entropy: (UInt64(index), 7)))
    }
  }

  func item(_ id: IncidentID) async throws -> Incident {
    let found = try await asTenant { [ours] in try IncidentQueries.item(ours, id, on: $0) }
    return found!
  }

  func evidence(of id: IncidentID) async throws -> [IncidentEvidence] {
    try await asTenant { [ours] connection in
      var (all, after): ([IncidentEvidence], EventKey?) = ([], nil)
      while true {
        let page = try IncidentQueries.evidence(ours, id, limit: 7, after: after, on: connection)
        all += page
        after = page.last?.event
        if page.count < 7 { return all }
      }
    }
  }

  func create(
    _ title: String = "Odd login", severity: IncidentSeverity = .medium, ip: String? = nil,
    techniques: [String] = [], tags: [String] = [], in organization: OrganizationID? = nil
  ) async throws -> Incident {
    var new = NewIncident(title: title, reason: "seen by hand", severity: severity)
    new.srcIP = ip.flatMap { IPAddress($0) }
    new.techniques = techniques
    new.tags = tags
    let made = new
    return try await asTenant(organization) { [ours] connection in
      try IncidentUpdates.create(organization ?? ours, made, actor: "ann", on: connection)
    }
  }

  func change(
    _ incident: Incident, revision: Int32? = nil, in organization: OrganizationID? = nil,
    _ edit: (inout IncidentChange) -> Void
  ) async throws -> IncidentChangeResult {
    var change = IncidentChange()
    edit(&change)
    let made = change
    return try await asTenant(organization) { [ours] connection in
      try IncidentUpdates.change(
        organization ?? ours, incident.id, made, ifRevision: revision, actor: "ann",
        on: connection)
    }
  }

  func list(
    _ filter: IncidentFilter = IncidentFilter(), sort: IncidentSort = .standard, limit: Int = 100,
    after: IncidentPosition? = nil
  ) async throws -> [Incident] {
    try await asTenant { [ours] connection in
      try IncidentQueries.list(
        ours, filter, sort: sort, limit: limit, after: after, on: connection)
    }
  }
}

extension IncidentChangeResult {
  var incident: Incident? {
    if case .changed(let incident) = self { return incident }
    return nil
  }
}
