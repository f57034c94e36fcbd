import Core
import Postgres
import RuleStore
import TestServers

/// Writers that commit for several organizations at once, and changes of their rules meanwhile.
actor FenceRun {
  nonisolated let store: RuleStore
  nonisolated let organizations: [OrganizationID]
  nonisolated let writers: [Int32]
  private nonisolated let pool: PostgresPool
  private var isFinished = false

  init(organizations count: Int, writers: Int) async throws {
    let database = try await RuleDatabase(connections: 12)
    pool = database.pool
    store = database.store
    organizations = try await RuleDatabase.organizations((1...count).map { "org-\($0)" }, in: pool)
    let make = PostgresStatement(
      "test.writer", "insert into event_writers (node) values ('test') returning id")
    self.writers = try await pool.withConnection { connection in
      try connection.executeScript(
        """
        create table fenced (writer int, number bigint, organization_id int, revision bigint);
        create table taken (writer int, number bigint, organizations bigint);
        """)
      return try (0..<writers).map { _ in try connection.query(make) { try $0.int4(0) }[0] }
    }
  }

  func finish() { isFinished = true }

  nonisolated func number(_ sql: String) async throws -> Int64 {
    try await pool.withConnection { connection in
      try connection.query(PostgresStatement("test.number", sql)) { try $0.int8(0) }[0]
    }
  }

  /// Commits as event writers do until the changes are over, and now and then rolls back.
  nonisolated func commit(as writer: Int32, seed: UInt64) async throws {
    struct GivenUp: Error {}
    var random = SeededGenerator(seed: seed &* 1000 &+ UInt64(writer))
    while await !isFinished {
      let group = organizations.shuffled(using: &random).prefix(
        Int.random(in: 1...organizations.count, using: &random)
      ).map { Int32?($0.rawValue) }
      let takesNumberFirst = Bool.random(using: &random)
      let pauses = (0..<3).map { _ in Double.random(in: 0...0.004, using: &random) }
      let isGivenUp = Int.random(in: 0..<5, using: &random) == 0
      do {
        try await pool.withConnection { connection in
          try connection.transaction {
            var number: Int64?
            if takesNumberFirst { number = try Self.take(writer, on: connection) }
            try connection.execute(Self.pause, [.float8(pauses[0])])
            let revisions = try connection.query(RuleDatabase.fence, [.int4Array(group)]) {
              (try $0.int4(0), try $0.int8(1))
            }
            try connection.execute(Self.pause, [.float8(pauses[1])])
            let taken = try number ?? Self.take(writer, on: connection)
            for (organization, revision) in revisions {
              try connection.execute(
                Self.record,
                [.int4(writer), .int8(taken), .int4(organization), .int8(revision)])
            }
            try connection.execute(
              Self.note, [.int4(writer), .int8(taken), .int8(Int64(group.count))])
            try connection.execute(Self.pause, [.float8(pauses[2])])
            if isGivenUp { throw GivenUp() }
          }
        }
      } catch is GivenUp {
        continue
      }
    }
  }

  /// Changes rules of one organization or of the installation.
  nonisolated func change(as changer: Int, times: Int, seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed &* 1000 &+ 500 &+ UInt64(changer))
    for step in 0..<times {
      let text = "\(changer) \(step)"
      guard Int.random(in: 0..<4, using: &random) > 0,
        let organization = organizations.randomElement(using: &random)
      else {
        _ = try await store.publish([.make("base", text)], actor: "node")
        continue
      }
      _ = try await store.put(
        .make("own-\(changer)", text), organization: organization, actor: "ann")
    }
  }

  /// All revisions, as one finds them who asks again and again for what is new.
  nonisolated func follow() async throws -> [RuleRevision] {
    var found: [RuleRevision] = []
    while true {
      let isLast = await isFinished
      let page = try await store.revisions(after: found.last?.revision ?? 0, limit: 7)
      found += page
      if isLast && page.isEmpty { return found }
    }
  }

  /// What is in force, read at the revision that is effective at the moment.
  nonisolated func read() async throws -> [RuleSnapshot] {
    var found: [Int64: RuleSnapshot] = [:]
    while await !isFinished {
      for organization in organizations {
        let revision = try await store.revision(of: organization)
        found[revision] = try await store.snapshot(of: organization, at: revision)
      }
    }
    return Array(found.values)
  }

  /// Commits whose number is on the wrong side of a revision's heads.
  static let misplaced = """
    select count(*)
    from fenced f
    join rule_revisions r
      on r.organization_id is null or r.organization_id = f.organization_id
    where (f.revision < r.revision)
      <> (f.number <= coalesce((r.heads ->> f.writer::text)::bigint, 0))
    """

  /// Revisions before and after which the same writer committed for the same organization.
  static let changesAmidCommits = """
    select count(*)
    from rule_revisions r
    where exists (
      select from fenced f join fenced g using (writer, organization_id)
      where (r.organization_id is null or r.organization_id = f.organization_id)
        and f.revision < r.revision and g.revision >= r.revision)
    """

  private static func take(
    _ writer: Int32, on connection: isolated PostgresConnection
  ) throws -> Int64 {
    try connection.query(advance, [.int4(writer)]) { try $0.int8(0) }[0]
  }

  private static let advance = PostgresStatement(
    "test.advance", "update event_writers set head = head + 1 where id = $1 returning head")
  private static let pause = PostgresStatement("test.pause", "select pg_sleep($1)")
  private static let record = PostgresStatement(
    "test.record", "insert into fenced values ($1, $2, $3, $4)")
  private static let note = PostgresStatement("test.note", "insert into taken values ($1, $2, $3)")
}
