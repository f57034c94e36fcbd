import Core
import EventStore
import Foundation
import Ingestion
import Postgres
import RuleStore
import Rulebook
import TestServers

/// Ingestion on a database of its own, running for the length of `body`.
struct IngestionBench {
  let database: TestDatabase
  let pool: PostgresPool
  let ingestor: Ingestor
  let records: RawRecords
  let rules: RuleStore

  static let rules = """
    title: login failed
    id: 11111111-1111-4111-8111-111111111111
    name: login_failed
    level: informational
    logsource:
      product: linux
      service: sshd
    detection:
      selection:
        action: login
        outcome: failure
      condition: selection
    ---
    title: beacon
    id: 33333333-3333-4333-8333-333333333333
    level: high
    logsource:
      product: suricata
    detection:
      selection:
        message|contains: beacon
      condition: selection
    ---
    title: brute force
    id: 22222222-2222-4222-8222-222222222222
    correlation:
      type: event_count
      rules: [login_failed]
      group-by: [source.ip]
      timespan: 60s
      condition:
        gte: 6
    """

  private static func documents() throws -> [RuleDocument] {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).yml")
    try Data(rules.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    return BaseRuleFiles(paths: [file.path]).documents
  }

  static func run(
    limits: IngestLimits = IngestLimits(), _ body: (IngestionBench) async throws -> Void
  ) async throws {
    let migrations = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Migrations").path
    let database = try await SharedPostgres.shared().database(migrations: migrations)
    let pool = database.pool()
    let records = RawRecords(pool: pool)
    let writers = (0..<2).map { _ in
      EventWriter(configuration: database.configuration, node: "test")
    }
    let committer = GroupCommitter(
      writers: writers, hold: .seconds(20), patience: .seconds(30))
    let store = RuleStore(pool: pool)
    _ = try await store.publish(Self.documents(), actor: "test")
    let rulebook = Rulebook(store: store)
    let sampler = RawSampler(records: records)
    let ingestor = Ingestor(
      limits: limits, numbers: BatchNumbers(pool: pool), partitions: Partitions(pool: pool),
      committer: committer, records: records, sampler: sampler, rulebook: rulebook,
      meter: RuleCostMeter(rulebook: rulebook), observer: SilentObserver())
    let bench = IngestionBench(
      database: database, pool: pool, ingestor: ingestor, records: records, rules: store)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await committer.run() }
      group.addTask { await sampler.run { _, _ in } }
      try await body(bench)
      committer.close()
      group.cancelAll()
    }
  }

  func ingest(
    _ body: String, type: String = "application/json", key: String? = nil, organization: Int32 = 1
  ) async throws -> IngestReceipt {
    let organization = OrganizationID(organization)
    return try await ingestor.ingest(
      IngestRequest(
        organization: organization, source: "test", contentType: type, batchKey: key,
        receivedAt: .now, body: Array(body.utf8)),
      holding: MemoryReservation(
        budget: ingestor.budget, organization: organization, patience: ingestor.limits.hold))
  }

  func number(_ sql: String) async throws -> Int64 {
    try await pool.withConnection { connection in
      try connection.query(PostgresStatement("test.number", sql)) { try $0.int8(0) }.first ?? -1
    }
  }
}

enum Sample {
  static func login(_ index: Int, ts: Timestamp = .now) -> String {
    """
    {"ts":"\(ts)","source_type":"linux.sshd","action":"login","outcome":"failure","user":"root",\
    "src_ip":"203.0.113.7","message":"failure \(index)"}
    """
  }
}

struct SilentObserver: IngestObserver {
  func committed(_ receipt: IngestReceipt, from source: String) {}
  func refused(_ error: IngestError, from source: String) {}
}
