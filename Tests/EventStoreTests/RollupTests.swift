import Core
import EventStore
import Postgres
import TestServers
import Testing

/// `event_rollups` says of every hour what `events` holds.
@Suite struct RollupTests {
  @Test func countsByOrganizationHourSeverityAndSourceType() async throws {
    let store = try await Store()
    _ = try await store.commit(
      Batch.make(1, ids: [1, 2, 3]) { columns, index in
        if index == 0 { columns.severity = .low }
      }, Batch.make(2, ids: [1], organization: 2))
    #expect(try await store.number("select count(*) from event_rollups") == 3)
    #expect(
      try await store.number(
        """
        select events from event_rollups
        where organization_id = 1 and severity = 7 and source_type = 'linux.sshd'
          and hour = '2026-11-21T05:00:00Z'
        """) == 2)
    #expect(try await store.rollupsAgree())
  }

  @Test func aLongSourceTypeIsCut() async throws {
    let store = try await Store()
    let long = String(repeating: "é", count: 300)
    _ = try await store.commit(Batch.make(1, ids: [1]) { columns, _ in columns.sourceType = long })
    #expect(
      try await store.number("select length(source_type)::bigint from event_rollups") == 200)
    #expect(try await store.rollupsAgree())
  }

  @Test func eventsBefore1970FallIntoTheHourThatTheyBelongTo() async throws {
    let store = try await Store()
    var batch = StagedBatch(
      id: 1, organization: OrganizationID(1), source: "test", receivedAt: Batch.ts)
    for (index, ts) in [Int64(-1), -3_600_000_000, 0].enumerated() {
      let ts = Timestamp(microseconds: ts)
      batch.rows.append(
        columns: EventColumns(), ts: ts, id: EventID(timestamp: ts, entropy: (0, 1)), index: index,
        batch: batch.header, raw: Array("{}".utf8))
    }
    batch.received = 3
    _ = try await store.commit(batch)
    #expect(try await store.number("select count(*) from event_rollups") == 2)
    #expect(try await store.rollupsAgree())
  }

  @Test func theMigrationCountsWhatIsThere() async throws {
    let store = try await Store()
    _ = try await store.commit(Batch.make(1, ids: [1, 2, 3]), Batch.make(2, ids: [4]))
    let migration = try String(
      decoding: Files.read(Store.migrations + "/0008_event_rollups.sql"), as: UTF8.self)
    try await store.pool.withConnection { connection in
      try connection.executeScript("drop table event_rollups")
      try connection.transaction { try connection.executeScript(migration) }
    }
    #expect(try await store.number("select sum(events)::bigint from event_rollups") == 4)
    #expect(try await store.rollupsAgree())
    _ = try await store.commit(Batch.make(3, ids: [5]))
    #expect(try await store.rollupsAgree())
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func agreeAfterAnyMixOfCommits(seed: UInt64) async throws {
    let store = try await Store()
    for month in [-1, 1] {
      try await store.partitions.ensure(
        month: Timestamp("2026-12-01T00:00:00Z")!.advanced(byMicroseconds: Int64(month)))
    }
    var random = SeededGenerator(seed: seed)
    let writers = [
      store.writer, EventWriter(configuration: store.database.configuration, node: "second"),
    ]
    var sent: [StagedBatch] = []
    var number: Int64 = 0
    for _ in 0..<25 {
      var group: [StagedBatch] = []
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        number += 1
        if let again = sent.randomElement(using: &random),
          Int.random(in: 0..<5, using: &random) == 0
        {
          // The same batch once more, as after a lost answer.
          group.append(again)
        } else {
          let batch = RandomBatch.make(number, using: &random)
          sent.append(batch)
          group.append(batch)
        }
      }
      let writer = writers[Int.random(in: 0...1, using: &random)]
      for result in await writer.commit(group, until: store.deadline) {
        // A batch twice in one group cannot be stored; nothing of it is then.
        if case .failure(let error) = result { #expect(error.code == .refused) }
      }
    }
    #expect(try await store.number("select count(*) from events") > 0)
    #expect(try await store.number("select count(*) from quarantine") > 0)
    #expect(try await store.number("select sum(duplicates)::bigint from ingest_batches") > 0)
    #expect(try await store.rollupsAgree())
  }
}

/// Batches around the end of a month, in which some ids come again and some rows are refused.
private enum RandomBatch {
  static func make(_ number: Int64, using random: inout SeededGenerator) -> StagedBatch {
    let end = Timestamp("2026-12-01T00:00:00Z")!
    let key = Int.random(in: 0..<8, using: &random)
    var batch = StagedBatch(
      id: number, organization: OrganizationID(Int32.random(in: 1...3, using: &random)),
      source: "test",
      key: key < 2 ? BatchKey(text: "k\(key)", digest: [UInt8](repeating: 0, count: 32)) : nil,
      receivedAt: end)
    let count = Int.random(in: 0...30, using: &random)
    for index in 0..<count {
      let ts = end.advanced(
        byMicroseconds: Int64.random(in: -4...4, using: &random) * 1_799_999_999)
      var columns = EventColumns()
      columns.ts = ts
      columns.sourceType = ["linux.sshd", "suricata", "ünüsual", ""].randomElement(using: &random)!
      columns.severity = EventSeverity(clamping: Int.random(in: 0...10, using: &random))
      if Int.random(in: 0..<100, using: &random) == 0 { columns.message = "a\0b" }
      let id = EventID(timestamp: ts, entropy: (0, UInt64.random(in: 0..<200, using: &random)))
      batch.rows.append(
        columns: columns, ts: ts, id: id, index: index, batch: batch.header,
        raw: Array("{}".utf8))
    }
    batch.received = count
    return batch
  }
}
