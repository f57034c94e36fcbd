import Core
import EventStore
import Postgres
import Tenancy
import Testing

@Suite struct EventPageTests {
  private static func record(_ id: UInt64, bytes: Int) -> [UInt8] {
    Array("{\"n\":\(id),\"pad\":\"\(String(repeating: "x", count: bytes))\"}".utf8)
  }

  private static func batch(_ records: [[UInt8]]) -> StagedBatch {
    var batch = StagedBatch(
      id: 1, organization: OrganizationID(1), source: "test", receivedAt: Batch.ts)
    for (index, raw) in records.enumerated() {
      batch.rows.append(
        columns: EventColumns(), ts: Batch.ts,
        id: EventID(timestamp: Batch.ts, entropy: (0, UInt64(index))), index: index,
        batch: batch.header, raw: raw)
    }
    batch.received = records.count
    return batch
  }

  private static let filter = EventFilter(
    organization: OrganizationID(1), from: Batch.ts.advanced(byMicroseconds: -1000),
    to: Batch.ts.advanced(byMicroseconds: 1000))

  @Test(arguments: [true, false])
  func pagesOfRawRecordsEndAtABoundAndHoldEveryEventOnce(ascending: Bool) async throws {
    let store = try await Store()
    let records = (0..<20).map { Self.record($0, bytes: 1000) }
    _ = try await store.commit(Self.batch(records))
    let queries = EventQueries(
      records: RawRecords(pool: store.pool), tenants: TenantPool(pool: store.pool))
    var seen: [[UInt8]] = []
    var position: EventPosition?
    var pages = 0
    while true {
      let page = try await queries.list(
        Self.filter, after: position, ascending: ascending, limit: 100, withRaw: true,
        rawBytes: 3500)
      #expect(page.events.count <= 4)
      seen += page.events.compactMap(\.raw)
      pages += 1
      guard page.isCutShort, let last = page.events.last else { break }
      position = EventPosition(ts: last.ts, id: last.id)
    }
    #expect(pages == 5)
    #expect(seen == (ascending ? records : records.reversed()))
  }

  @Test func aPageHasAtLeastOneEvent() async throws {
    let store = try await Store()
    _ = try await store.commit(Self.batch((0..<3).map { Self.record($0, bytes: 5000) }))
    let page = try await EventQueries(
      records: RawRecords(pool: store.pool), tenants: TenantPool(pool: store.pool)
    ).list(
      Self.filter, limit: 10, withRaw: true, rawBytes: 1)
    #expect(page.events.count == 1)
    #expect(page.isCutShort)
  }

  @Test func whatIsDecodedCountsToo() async throws {
    let store = try await Store()
    let samples = (0..<2000).map { Array("{\"user\":\"user-\($0 % 37)\",\"n\":\($0)}".utf8) }
    let raw = RawRecords(pool: store.pool)
    try await raw.train(on: samples, of: "linux.sshd")
    let dictionary = try #require(raw.dictionaries.dictionary(for: "linux.sshd"))
    let frames = try (0..<10).map {
      try Frames.compress(Self.record(UInt64($0), bytes: 10_000), dictionary)
    }
    #expect(frames.reduce(0) { $0 + $1.count } < 10_000)
    _ = try await store.commit(Self.batch(frames))
    let page = try await EventQueries(records: raw, tenants: TenantPool(pool: store.pool)).list(
      Self.filter, limit: 10, withRaw: true, rawBytes: 25_000)
    #expect(page.events.count == 3)
    #expect(page.isCutShort)
  }

  @Test func withoutRawRecordsSizeDoesNotCount() async throws {
    let store = try await Store()
    _ = try await store.commit(Self.batch((0..<5).map { Self.record($0, bytes: 5000) }))
    let page = try await EventQueries(
      records: RawRecords(pool: store.pool), tenants: TenantPool(pool: store.pool)
    ).list(
      Self.filter, limit: 10, rawBytes: 1)
    #expect(page.events.count == 5)
    #expect(!page.isCutShort)
  }

  @Test func dictionariesAreBounded() async throws {
    let store = try await Store()
    let samples = (0..<2000).map { Array("{\"user\":\"user-\($0 % 37)\",\"n\":\($0)}".utf8) }
    _ = try await store.pool.withConnection { connection in
      try connection.executeScript(
        """
        insert into raw_dictionaries (id, source_type, dictionary, trained_on)
        select n, 'type-' || n, 'x', 1 from generate_series(1, \(RawRecords.dictionaryLimit)) n
        """)
    }
    let raw = RawRecords(pool: store.pool)
    // What stands there is no dictionary, so to read it again fails: it was not added.
    await #expect(throws: (any Error).self) { try await raw.train(on: samples, of: "another") }
    #expect(raw.dictionaries.dictionary(for: "another") == nil)
    #expect(
      try await store.number("select count(*) from raw_dictionaries")
        == Int64(RawRecords.dictionaryLimit))
  }
}
