import Core
import EventSearch
import Testing

@testable import EventStore

/// A list whose filter no index knows is read piece by piece and goes on where it stopped.
@Suite struct SlicedListTests {
  private static let to = Timestamp("2026-11-30T00:00:00Z")!
  private static let day: Int64 = 86_400_000_000

  @Test(arguments: [true, false])
  func slicesAreTheWholeRangeInOrder(ascending: Bool) throws {
    for days in [0, 1, 2, 40, 3_000_000] as [Int64] {
      let range = Self.to.advanced(byMicroseconds: -days * Self.day)..<Self.to
      let slices = Array(TimeSlices(range, ascending: ascending))
      #expect(slices.count < 30)
      #expect(slices.isEmpty == range.isEmpty)
      let ordered = ascending ? slices : slices.reversed()
      for (first, second) in zip(ordered, ordered.dropFirst()) {
        #expect(first.upperBound == second.lowerBound)
      }
      if let first = ordered.first, let last = ordered.last {
        #expect(first.lowerBound..<last.upperBound == range)
      }
    }
  }

  @Test(arguments: [true, false], [true, false])
  func continuationsLeadToEveryEventOnce(ascending: Bool, withRaw: Bool) async throws {
    let store = try await Store()
    try await store.partitions.ensure(month: Self.to.advanced(byMicroseconds: -1))
    var batch = StagedBatch(
      id: 1, organization: OrganizationID(1), source: "test", receivedAt: Self.to)
    var ids: [EventID] = []
    for index in 0..<100 {
      let ts = Self.to.advanced(byMicroseconds: -Int64(index + 1) * Self.day / 4)
      let id = EventID(timestamp: ts, entropy: (0, UInt64(index)))
      var columns = EventColumns()
      columns.action = index % 3 == 0 ? "login" : "other"
      if index % 3 == 0 { ids.append(id) }
      batch.rows.append(
        columns: columns, ts: ts, id: id, index: index, batch: batch.header,
        raw: Array("{}".utf8))
    }
    batch.received = 100
    _ = try await store.writer.commit([batch], until: store.deadline)[0].get()

    let queries = EventQueries(records: RawRecords(pool: store.pool), tenants: store.tenants)
    let filter = EventFilter(
      organization: OrganizationID(1), from: Self.to.advanced(byMicroseconds: -60 * Self.day),
      to: Self.to, query: .test(.action, .equals("login")))
    var seen: [EventID] = []
    var position: EventPosition?
    var pages = 0
    repeat {
      let page = try await queries.list(
        filter, after: position, ascending: ascending, limit: 10, withRaw: withRaw, rawBytes: 5,
        patience: .zero)
      seen += page.events.map(\.id)
      position =
        page.continuation
        ?? (page.isCutShort || page.events.count == 10
          ? page.events.last.map { EventPosition($0) } : nil)
      pages += 1
    } while position != nil && pages < 1000
    #expect(seen == (ascending ? ids.reversed() : ids))
    #expect(pages > 10)
  }
}
