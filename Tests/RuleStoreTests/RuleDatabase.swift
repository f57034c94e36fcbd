import Core
import Postgres
import RuleStore
import TestServers
import Testing

/// A migrated database with two organizations.
struct RuleDatabase {
  let database: TestDatabase
  let pool: PostgresPool
  let store: RuleStore
  let ours: OrganizationID
  let theirs: OrganizationID

  init(limits: RuleLimits = RuleLimits(), connections: Int = 4) async throws {
    let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    database = try await SharedPostgres.shared().database(migrations: "\(root)/Migrations")
    pool = database.pool(maxConnections: connections)
    store = RuleStore(pool: pool, limits: limits)
    let ids = try await Self.organizations(["ours", "theirs"], in: pool)
    (ours, theirs) = (ids[0], ids[1])
  }

  static func organizations(
    _ names: [String], in pool: PostgresPool
  ) async throws -> [OrganizationID] {
    let make = PostgresStatement(
      "test.organization", "insert into organizations (slug, name) values ($1, $1) returning id")
    return try await pool.withConnection { connection in
      try names.map {
        OrganizationID(try connection.query(make, [.text($0)]) { try $0.int4(0) }[0])
      }
    }
  }

  func put(
    _ id: String, _ text: String = "1", mode: RuleMode? = nil,
    in organization: OrganizationID? = nil,
    expecting: Int32? = nil
  ) async throws -> RuleChange {
    try await store.put(
      .make(id, text), mode: mode, organization: organization ?? ours, actor: "ann",
      expecting: expecting)
  }

  func publish(_ texts: [String: String]) async throws -> RulePublication {
    try await store.publish(texts.map { .make($0.key, $0.value) }, actor: "node")
  }

  func number(_ sql: String) async throws -> Int64 {
    try await pool.withConnection { connection in
      try connection.query(PostgresStatement("test.number", sql)) { try $0.int8(0) }.first ?? -1
    }
  }

  func execute(_ sql: String) async throws {
    try await pool.withConnection { _ = try $0.execute(PostgresStatement("test.execute", sql)) }
  }
}

extension RuleDocument {
  static func make(_ id: String, _ text: String = "1", kind: RuleKind = .detection) -> Self {
    Self(
      id: id, kind: kind, title: "Title of \(id)", level: "high",
      source: "title: Title of \(id)\ntext: \(text)\n")
  }
}

extension RuleRecord {
  /// What `RuleDocument.make` was given.
  var text: Substring? { source.split(separator: "\n").last?.dropFirst("text: ".count) }
}

/// The error that the closure throws; an issue is recorded if it throws none, or another.
func refusal(_ body: () async throws -> Void) async -> RuleStoreError? {
  do {
    try await body()
    Issue.record("nothing was refused")
  } catch let error as RuleStoreError {
    return error
  } catch {
    Issue.record(error)
  }
  return nil
}
