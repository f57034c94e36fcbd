import Core
import EventStore
import Postgres
import TestServers
import Testing

/// A node that stands still in the midst of a commit keeps its locks.
@Suite struct LockedBatchTests {
  @Test func onlyTheBatchThatAnotherTransactionHoldsHasToWait() async throws {
    let store = try await Store()
    try await store.partitions.ensure(month: Batch.ts)
    var configuration = store.database.configuration
    configuration.settings = [(name: "lock_timeout", value: "50ms")]
    let writer = EventWriter(configuration: configuration, node: "test")
    let other = try await store.database.connect()
    try await other.executeScript(
      """
      begin;
      insert into ingest_batch_keys (organization_id, batch_key, batch_id, body_digest, created_at)
      values (1, 'k', 100, decode(repeat('00', 32), 'hex'), now())
      """)

    let held = Batch.make(1, ids: [1, 2], key: "k")
    let free = Batch.make(2, ids: [3])
    let results = await writer.commit([held, free], until: store.deadline)
    let error = #expect(throws: EventStoreError.self) { try results[0].get() }
    #expect(error?.code == .unavailable)
    #expect(try results[1].get().stored == 1)
    #expect(try await store.number("select count(*) from events") == 1)

    try await other.executeScript("rollback")
    #expect(try await writer.commit([held], until: store.deadline)[0].get().stored == 2)
    #expect(try await store.ledgerAddsUp())
  }
}
