import Core
import EventStore
import Postgres
import TestServers
import Testing

@Suite struct CommitTests {
  @Test func storesEventsDetectionsQuarantineAndLedgerTogether() async throws {
    let store = try await Store()
    var outcomes = try await store.commit(
      Batch.make(1, ids: [1, 2, 3], quarantined: 2), Batch.make(2, ids: [4], organization: 2))
    let positions = outcomes.map(\.position)
    #expect(positions[0] != nil && positions[0] == positions[1])
    for index in outcomes.indices { outcomes[index].position = nil }
    #expect(outcomes[0] == BatchOutcome(received: 5, stored: 3, duplicates: 0, quarantined: 2))
    #expect(outcomes[1] == BatchOutcome(received: 1, stored: 1, duplicates: 0, quarantined: 0))
    #expect(try await store.number("select count(*) from events") == 4)
    #expect(try await store.number("select count(*) from detections") == 4)
    #expect(try await store.number("select count(*) from events_default") == 0)
    #expect(try await store.number("select head from event_writers") == 1)
    #expect(try await store.number("select count(distinct writer_seq) from detections") == 1)
    #expect(try await store.ledgerAddsUp())
  }

  @Test func thePositionShowsWhatWasStored() async throws {
    let store = try await Store()
    let before = try await store.commit(Batch.make(1, ids: [1]))[0]
    let outcome = try await store.commit(Batch.make(2, ids: [2, 3]))[0]
    let again = try await store.commit(Batch.make(3, ids: [2, 3]))[0]
    for (position, events) in [(before.position, 1), (outcome.position, 3), (again.position, 3)] {
      let position = try #require(position)
      #expect(PostgresSnapshot(position) != nil)
      #expect(
        try await store.number(
          """
          select count(*) from events
          where pg_visible_in_snapshot(xmin::text::xid8, '\(position)'::pg_snapshot)
          """) == events)
    }
  }

  @Test func eventsSentAgainAreDuplicatesAndRaiseNothingTwice() async throws {
    let store = try await Store()
    _ = try await store.commit(Batch.make(1, ids: [1, 2, 3]))
    let outcome = try await store.commit(Batch.make(2, ids: [2, 3, 4, 4], quarantined: 1))[0]
    #expect(outcome.stored == 1)
    #expect(outcome.duplicates == 3)
    #expect(outcome.quarantined == 1)
    #expect(outcome.duplicateIndexes.sorted() == [0, 1, 3])
    #expect(try await store.number("select count(*) from events") == 4)
    #expect(try await store.number("select count(*) from detections") == 4)
    #expect(try await store.ledgerAddsUp())
  }

  @Test func theSameIDInAnotherOrganizationIsAnotherEvent() async throws {
    let store = try await Store()
    let outcomes = try await store.commit(
      Batch.make(1, ids: [1]), Batch.make(2, ids: [1], organization: 2))
    #expect(outcomes.map(\.stored) == [1, 1])
  }

  @Test func aBatchKeyIsStoredOnce() async throws {
    let store = try await Store()
    let outcomes = try await store.commit(
      Batch.make(1, ids: [1, 2], key: "k"), Batch.make(2, ids: [3, 4], key: "k"))
    #expect(outcomes.map(\.stored) == [2, 0])
    #expect(outcomes[1].replayOf == 1)
    let replay = try await store.commit(Batch.make(3, ids: [5, 6], key: "k"))[0]
    #expect(replay.duplicates == 2)
    let other = try await store.commit(Batch.make(4, ids: [7, 8], organization: 2, key: "k"))[0]
    #expect(other.stored == 2)
    #expect(try await store.ledgerAddsUp())
  }

  @Test func aBatchKeyForAnotherBodyIsRefusedAndLeavesNothing() async throws {
    let store = try await Store()
    _ = try await store.commit(Batch.make(1, ids: [1], key: "k", digest: 1))
    let outcome = try await store.commit(Batch.make(2, ids: [2], key: "k", digest: 2))[0]
    #expect(outcome.keyConflict)
    #expect(try await store.number("select count(*) from events") == 1)
    #expect(try await store.number("select count(*) from ingest_batches") == 1)
  }

  @Test func aRowThatPostgreSQLRefusesIsQuarantinedAlone() async throws {
    let store = try await Store()
    let good = Batch.make(1, ids: [1, 2])
    let bad = Batch.make(2, ids: [3, 4, 5]) { columns, index in
      if index == 1 { columns.message = "a\0b" }
    }
    let outcomes = try await store.commit(good, bad)
    #expect(outcomes[0].stored == 2)
    #expect(outcomes[1].stored == 2)
    #expect(outcomes[1].quarantined == 1)
    #expect(outcomes[1].refused.first?.code == "database_refused")
    #expect(outcomes[1].refused.first?.index == 1)
    #expect(outcomes[1].refused.first?.raw == Array("{\"n\":4}".utf8))
    #expect(try await store.number("select count(*) from detections") == 4)
    #expect(try await store.ledgerAddsUp())
  }

  @Test func twoWritersHaveTwoNumbersAndAFreeOneIsTakenAgain() async throws {
    let store = try await Store()
    let second = EventWriter(configuration: store.database.configuration, node: "second")
    _ = try await store.commit(Batch.make(1, ids: [1]))
    _ = try await second.commit([Batch.make(2, ids: [2])], until: store.deadline)[0].get()
    #expect(try await store.number("select count(*) from event_writers") == 2)
    do {
      let third = EventWriter(configuration: store.database.configuration, node: "third")
      _ = try await third.commit([Batch.make(3, ids: [3])], until: store.deadline)[0].get()
    }
    while try await store.number(
      "select count(*) from pg_locks where locktype = 'advisory'") > 2
    {
      try await Task.sleep(for: .milliseconds(10))
    }
    let fourth = EventWriter(configuration: store.database.configuration, node: "fourth")
    _ = try await fourth.commit([Batch.make(4, ids: [4])], until: store.deadline)[0].get()
    #expect(try await store.number("select count(*) from event_writers") == 3)
    #expect(try await store.number("select max(head) from event_writers") == 2)
  }

  @Test func aLostConnectionIsOpenedAgainAndNothingIsStoredTwice() async throws {
    let store = try await Store()
    _ = try await store.commit(Batch.make(1, ids: [1]))
    for round in 0..<20 {
      let batch = Batch.make(Int64(round + 2), ids: (0..<50).map { UInt64(round * 50 + $0 + 100) })
      async let outcome = store.writer.commit([batch], until: store.deadline)
      _ = try await store.number(
        """
        select count(pg_terminate_backend(pid)) from pg_stat_activity
        where pid <> pg_backend_pid() and query like '%event_writers%' and datname = current_database()
        """)
      #expect(try await outcome[0].get().received == 50)
      #expect(try await outcome[0].get().stored == 50)
    }
    #expect(try await store.number("select count(*) from events") == 1001)
    #expect(try await store.number("select count(*) from detections") == 1001)
    #expect(try await store.ledgerAddsUp())
  }

  @Test func anAbsentDatabaseIsUnavailableAtTheDeadline() async throws {
    let writer = EventWriter(
      configuration: .init(conninfo: "host=/nonexistent dbname=none"), node: "test")
    let results = await writer.commit([Batch.make(1, ids: [1])], until: .now + .milliseconds(100))
    guard case .failure(let error) = results[0] else {
      Issue.record("a batch was committed to a database that is not there")
      return
    }
    #expect(error.code == .unavailable)
  }

  @Test func aValueTooLongForAnIndexIsQuarantinedAndHoldsUpNobody() async throws {
    let store = try await Store()
    let bad = Batch.make(2, ids: [3, 4]) { columns, index in
      if index == 0 {
        columns.sourceType = (0..<4000).map { _ in String(UInt8.random(in: 0...255)) }.joined()
      }
    }
    let outcomes = try await store.commit(Batch.make(1, ids: [1, 2]), bad)
    #expect(outcomes[0].stored == 2)
    #expect(outcomes[1].stored == 1)
    #expect(outcomes[1].refused.map(\.index) == [0])
    #expect(try await store.ledgerAddsUp())
  }

  @Test func aBatchThatCannotBeStoredAtAllFailsAloneAndAtOnce() async throws {
    let store = try await Store()
    try await store.partitions.ensure(month: Batch.ts)
    var bad = Batch.make(2, ids: [3])
    var detection = bad.detections[0]
    detection.fields = Array("no json".utf8)
    bad.add(detection)
    let results = await store.writer.commit([Batch.make(1, ids: [1]), bad], until: store.deadline)
    #expect(try results[0].get().stored == 1)
    guard case .failure(let error) = results[1] else {
      Issue.record("a detection without JSON was stored")
      return
    }
    #expect(error.code == .refused)
    #expect(try await store.ledgerAddsUp())
  }
}
