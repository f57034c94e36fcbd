import Core
import EventSearch
import EventStore
import Postgres
import Tenancy
import Testing

@Suite struct PartitionTests {
  @Test func monthsAreMadeOnceAndByAnyNumberOfNodes() async throws {
    let store = try await Store()
    let other = Partitions(pool: store.pool)
    let now = try #require(Timestamp("2026-12-31T23:59:59Z"))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for partitions in [store.partitions, other, store.partitions] {
        group.addTask { try await partitions.ensureAhead(of: now) }
      }
      try await group.waitForAll()
    }
    #expect(
      try await store.number(
        "select count(*) from pg_inherits where inhparent = 'events'::regclass") == 5)
    #expect(
      try await store.number(
        "select count(*) from pg_indexes where tablename = 'events_2027_03'") == 9)
    #expect(try await store.partitions.strays() == 0)
  }

  @Test func rowsOfAMonthThatWasNotMadeAreCountedAsStrays() async throws {
    let store = try await Store()
    _ = try await store.writer.commit(
      [Batch.make(1, ids: [1])], until: store.deadline)[0].get()
    #expect(try await store.partitions.strays() == 2)
  }
}

@Suite struct EventQueryTests {
  private static func filter(_ organization: Int32 = 1) -> EventFilter {
    EventFilter(
      organization: OrganizationID(organization), from: Batch.ts.advanced(byMicroseconds: -1000),
      to: Batch.ts.advanced(byMicroseconds: 1000))
  }

  @Test func pagesHoldEveryEventOnceInOrder() async throws {
    let store = try await Store()
    _ = try await store.commit(
      Batch.make(1, ids: Array(1...25)), Batch.make(2, ids: [1], organization: 2))
    let queries = EventQueries(
      records: RawRecords(pool: store.pool), tenants: TenantPool(pool: store.pool))
    for ascending in [false, true] {
      var seen: [EventID] = []
      var position: EventPosition?
      while true {
        let page = try await queries.list(
          Self.filter(), after: position, ascending: ascending, limit: 10
        ).events
        seen += page.map(\.id)
        guard let last = page.last, page.count == 10 else { break }
        position = EventPosition(ts: last.ts, id: last.id)
      }
      #expect(seen.count == 25)
      #expect(seen == seen.sorted { ascending ? $0 < $1 : $1 < $0 })
    }
  }

  @Test func conditionsAreAnded() async throws {
    let store = try await Store()
    _ = try await store.commit(
      Batch.make(1, ids: [1, 2, 3]) { columns, index in
        if index == 1 { columns.srcIP = IPAddress("198.51.100.1") }
        if index == 2 { columns.severity = .low }
      })
    let queries = EventQueries(
      records: RawRecords(pool: store.pool), tenants: TenantPool(pool: store.pool))
    var filter = Self.filter()
    filter.query = try ParsedEventQuery("src_ip:203.0.113.0/24").query
    #expect(try await queries.list(filter, limit: 10).events.count == 2)
    filter.query = try ParsedEventQuery("src_ip:203.0.113.0/24 severity:7..").query
    #expect(try await queries.list(filter, limit: 10).events.count == 1)
    filter.query = .test(.user, .equals("'; drop table events; --"))
    #expect(try await queries.list(filter, limit: 10).events.isEmpty)
  }

  @Test func anItemIsFoundByItsIDWithinItsOrganizationOnly() async throws {
    let store = try await Store()
    _ = try await store.commit(Batch.make(1, ids: [7]))
    let queries = EventQueries(
      records: RawRecords(pool: store.pool), tenants: TenantPool(pool: store.pool))
    let id = EventID(timestamp: Batch.ts, entropy: (0, 7))
    let event = try #require(try await queries.event(id, of: OrganizationID(1)))
    #expect(event.raw == Array("{\"n\":7}".utf8))
    #expect(event.columns.srcPort == 65535)
    #expect(event.columns.dstIP == IPAddress("2001:db8::5"))
    #expect(event.columns.severity == .high)
    #expect(try await queries.event(id, of: OrganizationID(2)) == nil)
  }

  @Test func framesOfADictionaryOfAnotherNodeAreRead() async throws {
    let store = try await Store()
    let samples = (0..<2000).map { Array("{\"user\":\"user-\($0 % 37)\",\"n\":\($0)}".utf8) }
    let trainer = RawRecords(pool: store.pool)
    try await trainer.train(on: samples, of: "linux.sshd")
    let dictionary = try #require(trainer.dictionaries.dictionary(for: "linux.sshd"))
    let frame = try Frames.compress(samples[5], dictionary)
    var batch = StagedBatch(
      id: 1, organization: OrganizationID(1), source: "test", receivedAt: Batch.ts)
    let id = EventID(timestamp: Batch.ts, entropy: (0, 1))
    batch.rows.append(
      columns: EventColumns(), ts: Batch.ts, id: id, index: 0, batch: batch.header, raw: frame)
    batch.received = 1
    _ = try await store.commit(batch)
    let queries = EventQueries(
      records: RawRecords(pool: store.pool), tenants: TenantPool(pool: store.pool))
    #expect(try await queries.event(id, of: OrganizationID(1))?.raw == samples[5])
  }

  @Test func batchNumbersAreNeverGivenTwice() async throws {
    let store = try await Store()
    let nodes = [BatchNumbers(pool: store.pool), BatchNumbers(pool: store.pool)]
    let numbers = try await withThrowingTaskGroup(of: [Int64].self) { group in
      for node in nodes + nodes {
        group.addTask {
          var numbers: [Int64] = []
          for _ in 0..<1500 { numbers.append(try await node.next()) }
          return numbers
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(Set(numbers).count == 6000)
  }
}
