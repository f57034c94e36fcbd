import Core
import Correlation
import IncidentStore
import Postgres
import TestServers

/// A migrated database with two organizations.
struct IncidentDatabase {
  let pool: PostgresPool
  let ours: OrganizationID
  let theirs: OrganizationID

  init() async throws {
    let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let database = try await SharedPostgres.shared().database(migrations: "\(root)/Migrations")
    pool = database.pool()
    let make = PostgresStatement(
      "test.organization", "insert into organizations (slug, name) values ($1, $1) returning id")
    let ids = try await pool.withConnection { connection in
      try ["ours", "theirs"].map { name in
        OrganizationID(try connection.query(make, [.text(name)]) { try $0.int4(0) }[0])
      }
    }
    (ours, theirs) = (ids[0], ids[1])
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
    return try await pool.withConnection { connection in
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
    return try await pool.withConnection { connection in
      try IncidentUpdates.change(
        organization ?? ours, incident.id, made, ifRevision: revision, actor: "ann",
        on: connection)
    }
  }

  func list(
    _ filter: IncidentFilter = IncidentFilter(), sort: IncidentSort = .standard, limit: Int = 100,
    after: IncidentPosition? = nil
  ) async throws -> [Incident] {
    try await pool.withConnection { connection in
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
