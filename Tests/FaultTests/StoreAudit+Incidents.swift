internal import Foundation
internal import ServiceHarness
internal import Testing

extension StoreAudit {
  /// The journal's chain of hashes has no broken link, and every incident opens once in it.
  func expectJournalWhole() async throws {
    let faults = try await database.rows(
      """
      select slug, incident_journal_fault(id)
      from organizations
      where incident_journal_fault(id) is not null
      """)
    #expect(faults.isEmpty, "the journal's chain is broken at these entries")
    let openings = try await database.rows(
      """
      select i.id, count(j.sequence)
      from incidents i
      left join incident_journal j on j.incident_id = i.id and j.action = 'opened'
      group by i.id
      having count(j.sequence) <> 1
      """)
    #expect(openings.isEmpty, "incidents that did not open exactly once")
  }

  /// The incidents of each organization are numbered 1, 2, 3 … without a gap.
  func expectNumbersContiguous() async throws {
    let gaps = try await database.rows(
      """
      select c.organization_id, c.last_number, count(i.id), max(i.number)
      from incident_counters c
      left join incidents i using (organization_id)
      group by c.organization_id, c.last_number
      having count(i.id) <> c.last_number or coalesce(max(i.number), 0) <> c.last_number
      """)
    #expect(gaps.isEmpty, "organizations whose incidents are not numbered without gaps")
  }

  /// The outbox tells every revision of every incident, and of no other; the last message of each is
  /// what the incident is now.
  func expectOutboxWhole() async throws {
    let incomplete = try await database.rows(
      """
      with told as (
        select (payload ->> 'id')::uuid as id, count(distinct (payload ->> 'revision')::int) as revisions,
          min((payload ->> 'revision')::int) as first, max((payload ->> 'revision')::int) as last,
          (array_agg(payload order by outbox.id desc))[1] as newest
        from outbox
        where topic = 'incidents'
        group by payload ->> 'id')
      select i.id, i.revision, t.revisions, t.first, t.last, t.newest
      from incidents i
      full join told t using (id)
      where i.id is null
        or t.id is null
        or t.revisions <> i.revision
        or t.first <> 1
        or t.last <> i.revision
        or t.newest ->> 'status' <> i.status
        or (t.newest ->> 'number')::bigint <> i.number
      """)
    #expect(incomplete.isEmpty, "incidents of which the outbox does not tell the whole")
  }

  /// The lists of the API, cached or not, show what the table holds, on every node.
  func expectListsAreFresh(
    _ installation: Installation, _ keys: [Tenant: String], until deadline: Date
  ) async throws {
    for (tenant, key) in keys {
      let rows = try await database.rows(
        "select id || ' ' || revision from incidents where organization_id = \(tenant.id)")
      let stored = Set(rows.map { $0[0] })
      for node in installation.ports.indices {
        var listed = try await installation.listedIncidents(key: key, node: node)
        // A list that was cached while Redis came back may be a moment behind.
        while listed != stored, Date() < deadline {
          try await Task.sleep(for: .milliseconds(200))
          listed = try await installation.listedIncidents(key: key, node: node)
        }
        #expect(listed == stored, "the list of \(tenant.slug) on node \(node + 1)")
      }
    }
  }

  /// What there is, in one line each.
  func figures() async throws -> String {
    let rows = try await database.rows(
      """
      select 'events stored', count(*) from events
      union all select 'batches in the ledger', count(*) from ingest_batches
      union all select 'events received', sum(received) from ingest_batches
      union all select 'events known already', sum(duplicates) from ingest_batches
      union all select 'detections', count(*) from detections
      union all select 'incidents', count(*) from incidents where correlation = 'live'
      union all select 'incidents merged', count(*) from incidents where correlation = 'merged'
      union all select 'incidents retracted', count(*) from incidents where correlation = 'retracted'
      union all select 'incidents amended', count(*) from incidents
        where correlation = 'live' and amended
      union all select 'events as evidence', count(*) from incident_events
      union all select 'journal entries', count(*) from incident_journal
      union all select 'outbox messages', count(*) from outbox
      union all select 'changes of leases', sum(epoch) from correlation_leases
      """)
    return rows.map { "  \($0[0]): \($0[1])" }.joined(separator: "\n")
  }
}
