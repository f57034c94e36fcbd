import Core
import Postgres
import Testing

@testable import Outbox

@Suite struct OutboxStoreTests {
  @Test func messagesAreNumberedByOrganization() async throws {
    let database = try await OutboxDatabase()
    let ours = try await database.organization("ours")
    let theirs = try await database.organization("theirs")
    let first = try await database.open(ours, "One \"quoted\"")
    _ = try await database.open(theirs)
    let second = try await database.open(ours)
    let page = try await database.pool.withConnection {
      try OutboxStore.page(of: ours, after: 0, limit: 10, on: $0)
    }
    #expect(page.map(\.sequence) == [1, 2])
    #expect(page.map(\.change.id) == [first, second])
    #expect(page[0].change.title == "One \"quoted\"")
    #expect(page[0].change.action == "opened")
    #expect(page[0].change.severity == "high")
    #expect(page[0].change.name == "INC-1")
    let extent = try await database.pool.withConnection {
      try OutboxStore.extent(of: ours, on: $0)
    }
    #expect(extent == OutboxExtent(first: 1, last: 2))
  }

  @Test func anOrganizationWithoutMessagesHasAnEmptyExtent() async throws {
    let database = try await OutboxDatabase()
    let ours = try await database.organization("ours")
    let extent = try await database.pool.withConnection {
      try OutboxStore.extent(of: ours, on: $0)
    }
    #expect(extent == OutboxExtent(first: 1, last: 0))
    #expect(extent.covers(0))
    #expect(!extent.covers(1))
  }

  /// A number that is seen has no smaller one that comes later, whatever transactions overlap.
  @Test func numbersAppearInTheirOrder() async throws {
    let database = try await OutboxDatabase()
    let ours = try await database.organization("ours")
    let others = try await database.organization("others")
    let writers = 6
    let each = 25
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<writers {
        group.addTask {
          for round in 0..<each {
            try await database.pool.withConnection { connection in
              do {
                try connection.transaction {
                  // Takes its transaction id early, so that ids and commits are out of order.
                  try connection.execute(
                    PostgresStatement(
                      "test.xid", "select pg_current_xact_id(), pg_sleep(random() * 0.01)"))
                  if writer % 2 == 0 {
                    _ = try OutboxDatabase.open(others, "other", on: connection)
                  }
                  _ = try OutboxDatabase.open(ours, "t", on: connection)
                  if round % 7 == 3 { throw Undo() }
                }
              } catch is Undo {}
            }
          }
        }
      }
      group.addTask {
        var seen: Int64 = 0
        let all = Int64(writers * (each - (0..<each).count { $0 % 7 == 3 }))
        while seen < all {
          let position = seen
          let page = try await database.pool.withConnection {
            try OutboxStore.page(of: ours, after: position, limit: 10, on: $0)
          }
          for message in page {
            #expect(message.sequence == seen + 1)
            seen = message.sequence
          }
        }
      }
      try await group.waitForAll()
    }
  }

  private struct Undo: Error {}

  @Test func whatIsOldIsRemovedInBatches() async throws {
    let database = try await OutboxDatabase()
    let ours = try await database.organization("ours")
    for _ in 0..<5 { _ = try await database.open(ours) }
    try await database.execute(
      "update outbox set created_at = now() - interval '8 days' where sequence <= 3")
    let removed = try await database.pool.withConnection { connection in
      try [2, 2, 2].map { limit in
        try OutboxStore.trim(
          before: .now.advanced(byMicroseconds: -7 * Timestamp.microsecondsPerDay),
          limit: Int32(limit), on: connection)
      }
    }
    #expect(removed == [2, 1, 0])
    let extent = try await database.pool.withConnection {
      try OutboxStore.extent(of: ours, on: $0)
    }
    #expect(extent == OutboxExtent(first: 4, last: 5))
    #expect([2, 3, 4, 5, 6].map(extent.covers) == [false, true, true, true, false])
    #expect(try await OutboxRetention(pool: database.pool, days: 1).trim(now: .now) == 0)
  }
}
