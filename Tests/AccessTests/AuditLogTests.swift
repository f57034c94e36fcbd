import Core
import Postgres
import Tenancy
import TestServers
import Testing

@testable import Access

@Suite struct AuditLogTests {
  private static func entry(
    _ number: Int, in organization: OrganizationID, action: String = "update_incident"
  ) -> AuditEntry {
    AuditEntry(
      at: Timestamp.now.advanced(byMicroseconds: Int64(number)), organization: organization,
      actor: "user:7", session: nil, address: here, action: action,
      object: .init(type: "incidents", id: "\(number)"), outcome: .done, status: 200,
      requestID: "r\(number)")
  }

  private static func filter() -> AuditFilter {
    AuditFilter(from: .earliest, to: .latest)
  }

  /// Runs `body` with a log that is written.
  private static func withLog(
    _ house: House, capacity: Int = 4096, patience: Duration = .seconds(5),
    _ body: (AuditLog) async throws -> Void
  ) async throws {
    let log = AuditLog(
      pool: house.database.pool(), capacity: capacity, patience: patience, observer: house.events)
    try await withThrowingDiscardingTaskGroup { group in
      group.addTask { await log.run() }
      try await Task.sleep(for: .milliseconds(20))
      try await body(log)
      group.cancelAll()
    }
  }

  @Test func whatIsRecordedIsThereOnceItReturns() async throws {
    let house = try await House()
    let queries = AuditQueries(tenants: TenantPool(pool: house.pool))
    try await Self.withLog(house) { log in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<300 {
          group.addTask {
            try await log.record(Self.entry(number, in: house.acme.id), in: try log.reserve())
          }
        }
        try await group.waitForAll()
      }
      #expect(log.depth == 0)
      var seen: [String] = []
      var position: AuditPosition?
      repeat {
        let page = try await queries.list(
          Self.filter(), of: house.acme.id, after: position, limit: 70)
        seen += page.map(\.entry.requestID)
        position = page.last?.position
      } while position != nil
      #expect(Set(seen).count == 300)
      #expect(seen.count == 300)
      #expect(try await queries.list(Self.filter(), of: house.other.id, limit: 10).isEmpty)
    }
  }

  @Test func filtersAreAnded() async throws {
    let house = try await House()
    let queries = AuditQueries(tenants: TenantPool(pool: house.pool))
    try await Self.withLog(house) { log in
      for number in 0..<4 {
        let action = number == 0 ? "login" : "update_incident"
        try await log.record(
          Self.entry(number, in: house.acme.id, action: action), in: try log.reserve())
      }
      func count(_ edit: @Sendable (inout AuditFilter) -> Void) async throws -> Int {
        var filter = Self.filter()
        edit(&filter)
        let found = try await queries.list(filter, of: house.acme.id, limit: 10)
        return found.count
      }
      let counts = [
        try await count { $0.action = "login" }, try await count { $0.objectType = "incidents" },
        try await count { $0.objectID = "2" }, try await count { $0.actor = "user:8" },
        try await count { $0.outcome = .refused },
        try await count { $0.to = Timestamp.now.advanced(byMicroseconds: -60_000_000) },
      ]
      #expect(counts == [1, 4, 1, 0, 0, 0])
    }
  }

  @Test func withoutTheDatabaseNothingIsTakenForWritten() async throws {
    let house = try await House()
    try await Self.withLog(house, capacity: 2, patience: .milliseconds(300)) { log in
      try await house.run("alter table audit_log rename to audit_log_away")
      for _ in 0..<2 {
        let error = await #expect(throws: Problem.self) {
          try await log.record(Self.entry(1, in: house.acme.id), in: try log.reserve())
        }
        #expect(error?.slug == "audit_unavailable")
      }
      // Both entries wait, and so nothing more may be done.
      #expect(throws: Problem.self) { try log.reserve() }
      try await house.run("alter table audit_log_away rename to audit_log")
      for _ in 0..<100 where log.depth > 0 { try await Task.sleep(for: .milliseconds(50)) }
      #expect(log.depth == 0)
      log.giveUp(try log.reserve())
      #expect(house.events.names.contains("auditNotWritten"))
    }
    let queries = AuditQueries(tenants: TenantPool(pool: house.pool))
    #expect(try await queries.list(Self.filter(), of: house.acme.id, limit: 10).count == 2)
  }

  @Test func theLogIsOnlyAddedTo() async throws {
    let house = try await House()
    try await Self.withLog(house) { log in
      try await log.record(Self.entry(1, in: house.acme.id), in: try log.reserve())
    }
    for statement in [
      "update audit_log set actor = 'x'", "delete from audit_log", "truncate audit_log",
    ] {
      await #expect(throws: PostgresError.self) { try await house.run(statement) }
    }
  }

  @Test func aLogThatIsNotWrittenTakesNothing() async throws {
    let house = try await House()
    let log = AuditLog(pool: house.pool)
    #expect(throws: Problem.self) { try log.reserve() }
  }
}
