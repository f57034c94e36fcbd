import Core
import EventSearch
import EventStore
import Postgres
import Tenancy
import Testing

/// What PostgreSQL finds is what the queries say, and counts are those of what it finds.
@Suite struct QueryPropertyTests {
  @Test(arguments: [1, 2, 3] as [UInt64])
  func listsHoldWhatTheQueryMeans(seed: UInt64) async throws {
    let store = try await Store()
    var maker = RandomEvents(seed: seed)
    let events = try await maker.store(300, in: store)
    let queries = EventQueries(records: RawRecords(pool: store.pool), tenants: store.tenants)
    var found = 0
    for _ in 0..<150 {
      let query = maker.query()
      let filter = EventFilter(
        organization: OrganizationID(1), from: RandomEvents.from, to: RandomEvents.to, query: query)
      let listed = try await queries.list(filter, limit: 1000).events.map(\.id)
      let meant = events.filter { query.holds(for: $0) }.map(\.id)
      #expect(listed == meant, "\(query)")
      found += meant.isEmpty || meant.count == events.count ? 0 : 1
    }
    #expect(found > 50)
  }

  @Test(arguments: [true, false], [4, 5] as [UInt64])
  func pagesOfAnyQueryHoldEveryEventOnce(countable: Bool, seed: UInt64) async throws {
    let store = try await Store()
    var maker = RandomEvents(seed: seed)
    let events = try await maker.store(200, in: store)
    let queries = EventQueries(records: RawRecords(pool: store.pool), tenants: store.tenants)
    for _ in 0..<25 {
      let query = maker.query(countable: countable)
      let (from, to) = (maker.time(), maker.time())
      guard from < to else { continue }
      let filter = EventFilter(
        organization: OrganizationID(1), from: from, to: to, query: query)
      let meant = events.filter { from <= $0.ts && $0.ts < to && query.holds(for: $0) }
        .map(\.id)
      for ascending in [true, false] {
        let order = ascending ? meant.reversed() : meant
        var seen: [EventID] = []
        var position: EventPosition?
        while true {
          let page = try await queries.list(
            filter, after: position, ascending: ascending, limit: 7
          ).events
          seen += page.map(\.id)
          guard let last = page.last, page.count == 7 else { break }
          position = EventPosition(ts: last.ts, id: last.id)
        }
        #expect(seen == order, "\(query)")
        for offset in [0, 5, 50] {
          let page = try await queries.list(
            filter, ascending: ascending, limit: 10, offset: offset)
          #expect(page.events.map(\.id) == Array(order.dropFirst(offset).prefix(10)), "\(query)")
        }
      }
    }
  }

  @Test(arguments: [true, false], [6, 7] as [UInt64])
  func countsAreThoseOfTheEvents(countable: Bool, seed: UInt64) async throws {
    let store = try await Store()
    var maker = RandomEvents(seed: seed)
    let events = try await maker.store(300, in: store)
    let statistics = EventStatistics(tenants: store.tenants)
    for round in 0..<40 {
      let query = round % 10 == 0 ? nil : maker.query(countable: countable)
      let (from, to) =
        round % 5 == 0 ? (RandomEvents.from, RandomEvents.to) : (maker.time(), maker.time())
      guard from < to else { continue }
      let filter = EventFilter(
        organization: OrganizationID(1), from: from, to: to, query: query)
      let meant = events.filter {
        from <= $0.ts && $0.ts < to && query?.holds(for: $0) ?? true
      }
      let count = EventCount(events: Int64(meant.count), isEstimate: false)
      #expect(try await statistics.exactCount(filter) == count, "\(filter)")
      #expect(
        try await statistics.estimatedCount(filter, patience: .seconds(60)) == count, "\(filter)")

      for interval in [60, 900, 3600, 21600].map({ Int64($0) * 1_000_000 }) {
        let histogram = try await statistics.histogram(filter, interval: interval, by: .severity)
        #expect(histogram.events == Int64(meant.count))
        for (index, bucket) in histogram.buckets.enumerated() {
          #expect(bucket.start.microseconds % interval == 0)
          if index > 0 {
            #expect(
              bucket.start.microseconds
                == histogram.buckets[index - 1].start.microseconds + interval)
          }
          let inside = meant.filter {
            (0..<interval).contains($0.ts.microseconds - bucket.start.microseconds)
          }
          #expect(bucket.events == Int64(inside.count))
          let parts = Dictionary(grouping: inside) { String($0.columns.severity.rawValue) }
          #expect(bucket.parts == parts.mapValues { Int64($0.count) })
        }
      }
      for field in [EventField.sourceType, .severity, .user, .srcIP, .dstPort] {
        let top = try await statistics.top(field, filter, limit: 100)
        let values = Dictionary(grouping: meant.compactMap { Self.text(field, $0) }) { $0 }
        #expect(
          Dictionary(uniqueKeysWithValues: top.values.map { ($0.text, $0.events) })
            == values.mapValues { Int64($0.count) })
        #expect(top.values.map(\.events) == top.values.map(\.events).sorted(by: >))
        #expect(top.events == Int64(meant.count))
        #expect(!top.isSampled)
      }
    }
  }

  private static func text(_ field: EventField, _ event: StoredEvent) -> String? {
    switch field {
    case .sourceType: event.columns.sourceType
    case .severity: String(event.columns.severity.rawValue)
    case .user: event.columns.user
    case .srcIP: event.columns.srcIP?.description
    case .dstPort: event.columns.dstPort.map { String($0) }
    default: nil
    }
  }
}
