internal import ServiceHarness
internal import Testing

/// Adds up what the database holds, by SQL from outside.
struct StoreAudit {
  let database: Database

  /// Every event is there once, and nothing else.
  func expectEachOnce(_ stories: [Tenant: [LabEvent]]) async throws {
    let rows = try await database.rows(
      """
      select event_id, count(*)
      from events
      group by event_id
      """)
    let stored = Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[1]) })
    let sent = stories.values.flatMap { $0.map(\.marker) }
    let missing = sent.filter { stored[$0] == nil }
    let doubled = stored.filter { $0.value != "1" }
    #expect(missing.isEmpty, "acknowledged, but not stored")
    #expect(doubled.isEmpty, "stored more than once")
    let unknown = Set(stored.keys).subtracting(sent)
    #expect(unknown.isEmpty, "stored, but never sent")
  }

  /// The ledger adds up by row, in all and for each batch, under whatever key it came.
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
      select split_part(batch_key, '.', 1) as batch, sum(stored)
      from ingest_batches
      group by batch
      """)
    let stored = Dictionary(uniqueKeysWithValues: byKey.map { ($0[0], Int($0[1])) })
    let unequal = batches.filter { stored[$0.key] != $0.events }.map(\.key)
    #expect(unequal.isEmpty, "the ledger's sum of these batches is not their size")
  }

  /// A detection is of an event that is stored, and correlation has left none out.
  func expectDetectionsWhole() async throws {
    let stray = try await database.number(
      """
      select count(*)
      from detections d
      where not exists (
        select from events e
        where e.organization_id = d.organization_id and e.ts = d.ts and e.id = d.event_id)
      """)
    #expect(stray == 0, "detections without their event")
    let unmatched = try await database.number(
      """
      select count(*)
      from events e
      where action <> 'read'
        and not exists (
          select from detections d
          where e.organization_id = d.organization_id and e.ts = d.ts and e.id = d.event_id)
      """)
    #expect(unmatched == 0, "events without their detection")
    #expect(try await database.number("select count(*) from correlation_skips") == 0)
  }
}
