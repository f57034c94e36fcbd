internal import ServiceHarness
internal import Testing

/// Adds up what the database holds, by SQL from outside.
struct StoreAudit {
  let database: Database

  /// Every event is there once, and nothing else.
  func expectEachOnce(_ events: [LoginEvent]) async throws {
    let rows = try await database.rows(
      """
      select event_id, count(*)
      from events
      group by event_id
      """)
    let stored = Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[1]) })
    let missing = events.filter { stored[$0.marker] == nil }.map(\.marker)
    let doubled = stored.filter { $0.value != "1" }
    #expect(missing.isEmpty, "acknowledged, but not stored")
    #expect(doubled.isEmpty, "stored more than once")
    let unknown = Set(stored.keys).subtracting(events.map(\.marker))
    #expect(unknown.isEmpty, "stored, but never sent")
  }

  /// The ledger adds up by row, in all and for each key.
  func expectLedgerAddsUp(_ batches: [Batch]) async throws {
    let wrong = try await database.number(
      """
      select count(*)
      from ingest_batches
      where received <> stored + duplicates + quarantined
      """)
    #expect(wrong == 0)
    let sums = try await database.rows(
      """
      select (select coalesce(sum(stored), 0) from ingest_batches),
        (select count(*) from events),
        (select count(*) from quarantine)
      """)
    #expect(sums[0][0] == sums[0][1], "stored by the ledger, and in the table")
    #expect(sums[0][2] == "0", "none of these events is one for the quarantine")
    let byKey = try await database.rows(
      """
      select batch_key, sum(stored)
      from ingest_batches
      group by batch_key
      """)
    let stored = Dictionary(uniqueKeysWithValues: byKey.map { ($0[0], Int($0[1])) })
    let unequal = batches.filter { stored[$0.key] != $0.events }.map(\.key)
    #expect(unequal.isEmpty, "the ledger's sum of these keys is not the batch's size")
  }

  /// A detection is of an event that is stored.
  func expectDetectionsBelong() async throws {
    let stray = try await database.number(
      """
      select count(*)
      from detections d
      where not exists (
        select from events e
        where e.organization_id = d.organization_id and e.ts = d.ts and e.id = d.event_id)
      """)
    #expect(stray == 0, "detections without their event")
  }

  /// The journal's chain of hashes has no broken link.
  func expectJournalWhole() async throws {
    let faults = try await database.rows(
      """
      select slug, incident_journal_fault(id)
      from organizations
      where incident_journal_fault(id) is not null
      """)
    #expect(faults.isEmpty, "the journal's chain is broken at these entries")
  }
}
