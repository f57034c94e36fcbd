import Core
import Postgres
import RuleStore
import TestServers
import Testing

/// Commits of events and changes of rules, as many as fit, at the same time.
@Suite(.timeLimit(.minutes(10))) struct FenceTests {
  @Test(arguments: [UInt64(11), 12, 13])
  func aCommitIsBeforeOrAfterEachChangeByItsNumber(seed: UInt64) async throws {
    let run = try await FenceRun(organizations: 4, writers: 4)
    let (followed, seen) = try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in run.writers {
        group.addTask { try await run.commit(as: writer, seed: seed) }
      }
      async let followed = run.follow()
      async let seen = run.read()
      async let changes: Void = withThrowingTaskGroup(of: Void.self) { changers in
        for changer in 0..<2 {
          changers.addTask { try await run.change(as: changer, times: 60, seed: seed) }
        }
        try await changers.waitForAll()
      }
      try await changes
      await run.finish()
      try await group.waitForAll()
      return try await (followed, seen)
    }

    // The contract: what was staged before a revision has numbers up to its heads, the rest larger.
    #expect(try await run.number(FenceRun.misplaced) == 0)
    // Each side of it was tried: many revisions, with commits of the same writer around them.
    #expect(try await run.number(FenceRun.changesAmidCommits) > 30)
    #expect(
      try await run.number("select count(*) from fenced")
        == run.number("select coalesce(sum(organizations), 0)::bigint from taken"))

    let all = try await run.store.revisions(after: 0)
    #expect(all.count == 120)
    #expect(followed == all)

    // What was read while it was in force reads back the same.
    #expect(!seen.isEmpty)
    for snapshot in seen {
      let organization = snapshot.own.organization
      #expect(
        try await run.store.snapshot(of: organization, at: snapshot.revision) == snapshot)
    }
  }

  @Test func theFenceTellsEachOrganizationsRevision() async throws {
    let database = try await RuleDatabase()
    #expect(try await database.fence([database.ours, database.theirs]) == [0, 0])
    let base = try await database.publish(["a": "1"]).revision
    #expect(try await database.fence([database.theirs, database.ours]) == [base, base])
    let own = try await database.put("b", in: database.theirs).revision
    #expect(
      try await database.fence([database.ours, database.theirs, database.ours]) == [base, own])
    #expect(try await database.fence([]) == [])
    let later = try await database.publish([:]).revision
    #expect(try await database.fence([database.ours, database.theirs]) == [later, later])
  }

  @Test func aChangeThatFailsLeavesNoRevision() async throws {
    let database = try await RuleDatabase()
    _ = await refusal {
      _ = try await database.store.setMode(
        "no", .shadow, organization: database.ours, actor: "ann")
    }
    #expect(try await database.store.revisions(after: 0).isEmpty)
    #expect(try await database.fence([database.ours]) == [0])
  }

  @Test func headsAreThoseOfAllWriters() async throws {
    let database = try await RuleDatabase()
    _ = try await database.put("a")
    try await database.execute("insert into event_writers (node, head) values ('x', 7), ('y', 0)")
    _ = try await database.put("b")
    let revisions = try await database.store.revisions(after: 0)
    #expect(revisions.map(\.heads) == [[:], [1: 7, 2: 0]])
    #expect(revisions.map(\.organization) == [database.ours, database.ours])
    let last = revisions[0].revision
    #expect(try await database.store.revisions(after: last) == [revisions[1]])
    #expect(try await database.store.revisions(after: 0, limit: 1) == [revisions[0]])
  }

  @Test func commitsOfOthersDoNotWaitForAnOrganizationsChange() async throws {
    let database = try await RuleDatabase()
    let (ours, theirs) = (database.ours, database.theirs)
    let other = database.database.pool(maxConnections: 1)
    let change = PostgresStatement("test.change", "select rules_change($1)")
    // The change of ours is open while theirs are committed and read.
    let connection = try await database.database.connect()
    try await connection.executeScript("begin")
    _ = try await connection.execute(change, [.int4(ours.rawValue)])
    try await other.withConnection { try $0.executeScript("set lock_timeout = '100ms'") }
    let their = try await other.withConnection { connection in
      try connection.transaction {
        try connection.query(RuleDatabase.fence, [.int4Array([theirs.rawValue])]) {
          try $0.int8(1)
        }
      }
    }
    #expect(their == [0])
    await #expect {
      try await other.withConnection { connection in
        try connection.transaction {
          _ = try connection.execute(RuleDatabase.fence, [.int4Array([ours.rawValue])])
        }
      }
    } throws: {
      ($0 as? PostgresError)?.sqlState == "55P03"
    }
    try await connection.executeScript("rollback")
    await connection.close()
    #expect(try await database.fence([ours]) == [0])
  }

  @Test func aChangeThatWaitsTooLongIsBusy() async throws {
    let database = try await RuleDatabase()
    let connection = try await database.database.connect()
    try await connection.executeScript("begin")
    _ = try await connection.execute(
      RuleDatabase.fence, [.int4Array([database.ours.rawValue])])
    let error = await refusal { _ = try await database.put("a") }
    #expect(error?.code == .busy)
    _ = try await database.put("a", in: database.theirs)
    try await connection.executeScript("commit")
    await connection.close()
    _ = try await database.put("a")
  }

  @Test func aNodeThatStopsWithinAChangeIsEnded() async throws {
    let database = try await RuleDatabase()
    let settings = PostgresStatement(
      "test.settings",
      """
      select current_setting('idle_in_transaction_session_timeout'), current_setting('lock_timeout')
      """)
    let change = PostgresStatement("test.change", "select rules_change(null)")
    let read = try await database.pool.withConnection { connection in
      let within = try connection.transaction {
        _ = try connection.execute(change)
        return try connection.query(settings) { [try $0.text(0), try $0.text(1)] }
      }
      return within + (try connection.query(settings) { [try $0.text(0), try $0.text(1)] })
    }
    #expect(read == [["10s", "0"], ["0", "0"]])
  }

  @Test(arguments: ["repeatable read", "serializable"])
  func aSnapshotThatCannotSeeWhatALockWaitedForIsRefused(isolation: String) async throws {
    let database = try await RuleDatabase()
    for call in ["rules_fence('{1}')", "rules_change(1)"] {
      let connection = try await database.database.connect()
      try await connection.executeScript("begin isolation level \(isolation)")
      await #expect(throws: PostgresError.self) {
        try await connection.executeScript("select * from \(call)")
      }
      await connection.close()
    }
  }
}

extension RuleDatabase {
  static let fence = PostgresStatement(
    "test.fence", "select organization_id, revision from rules_fence($1) order by 1")

  /// The revisions by organization, ascending.
  func fence(_ organizations: [OrganizationID]) async throws -> [Int64] {
    try await pool.withConnection { connection in
      try connection.transaction {
        try connection.query(Self.fence, [.int4Array(organizations.map(\.rawValue))]) {
          try $0.int8(1)
        }
      }
    }
  }
}
