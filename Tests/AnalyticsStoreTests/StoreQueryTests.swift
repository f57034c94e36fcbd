import AnalyticsStore
import Core
import Postgres
import Tenancy
import Testing

@Suite struct StoreQueryTests {
  @Test func quarantineIsListedAndDropped() async throws {
    let database = try await AnalyticsDatabase()
    try await database.run(
      """
      insert into quarantine (
        organization_id, batch_id, item_index, received_at, source_type, code, detail, raw)
      select \(database.ours), 7, number, now(), 'zeek',
        case number % 2 when 0 then 'too_long' else 'not_json' end, 'detail', '\\x00ff'::bytea
      from generate_series(1, 5) as number
      union all
      select \(database.theirs), 8, 1, now(), null, 'not_json', 'detail', '\\x00'::bytea
      """)
    let ours = database.ours
    let all = try await database.tenants.withConnection(ours) { connection in
      try QuarantineQueries.list(ours, state: nil, code: nil, limit: 10, on: connection)
    }
    #expect(all.map(\.index) == [5, 4, 3, 2, 1] && all.allSatisfy { $0.raw == nil })
    let id = try #require(all.first?.id)
    let item = try await database.tenants.withConnection(ours) { connection in
      try QuarantineQueries.item(ours, id, on: connection)
    }
    #expect(item?.raw == [0, 0xFF] && item?.size == 2)
    let results = try await database.tenants.withConnection(ours) { connection in
      [
        try QuarantineQueries.drop(ours, id, actor: "user:1", on: connection),
        try QuarantineQueries.drop(ours, id, actor: "user:2", on: connection),
        try QuarantineQueries.drop(ours, id + 100, actor: "user:2", on: connection),
      ]
    }
    guard case .dropped(let dropped) = results[0], case .refused(let kept) = results[1] else {
      Issue.record("\(results)")
      return
    }
    #expect(dropped == kept && dropped.resolvedBy == "user:1" && dropped.resolvedAt != nil)
    #expect(results[2] == .notFound)
    let others = try await database.tenants.withConnection(ours) { connection in
      try QuarantineQueries.list(
        ours, state: .held, code: "not_json", limit: 1, before: id, on: connection)
    }
    #expect(others.map(\.index) == [3])
  }

  @Test func theLedgerAddsUp() async throws {
    let database = try await AnalyticsDatabase()
    try await database.run(
      """
      insert into ingest_batches (
        id, organization_id, received_at, writer_id, writer_seq, source, received, stored,
        duplicates, quarantined)
      select number, 1 + number % 2, '2026-11-21T05:10:00Z'::timestamptz
        + interval '20 minutes' * number, 1, number, 'http', 10, 7, 2, 1
      from generate_series(1, 6) as number
      """)
    let from = try #require(Timestamp("2026-11-21T05:00:00Z"))
    let range = SummaryRange(
      from: from, to: from.advanced(byMicroseconds: Timestamp.microsecondsPerDay), by: .hour)
    let sums = try await database.pool.withConnection { connection in
      (
        try OperateQueries.ledger(range, organization: nil, on: connection),
        try OperateQueries.ledger(range, organization: OrganizationID(2), on: connection)
      )
    }
    #expect(sums.0.reduce(0) { $0 + $1.received } == 60 && sums.0.allSatisfy(\.isBalanced))
    #expect(sums.1.reduce(0) { $0 + $1.batches } == 3)
  }

  @Test func partitionsHaveTheirRanges() async throws {
    let database = try await AnalyticsDatabase()
    try await database.run(
      "create table events_2026_11 partition of events "
        + "for values from ('2026-11-01T00:00:00Z') to ('2026-12-01T00:00:00Z')")
    let (partitions, strays) = try await database.pool.withConnection { connection in
      (try OperateQueries.partitions(on: connection), try OperateQueries.strays(on: connection))
    }
    let month = try #require(partitions.first { $0.name == "events_2026_11" })
    #expect(month.from == Timestamp("2026-11-01T00:00:00Z") && month.table == "events")
    #expect(month.to == Timestamp("2026-12-01T00:00:00Z"))
    #expect(partitions.filter { $0.from == nil }.map(\.name).sorted().first == "detections_default")
    #expect(strays == 0)
  }

  @Test func sourcesTellTheirLastEvent() async throws {
    let database = try await AnalyticsDatabase()
    try await database.run(
      """
      insert into events (
        ts, received_at, id, organization_id, severity, source_type, batch_id, raw)
      select now() - interval '30 seconds', now() - interval '28 seconds', gen_random_uuid(),
        \(database.ours), 1, 'zeek', 1, '';
      insert into event_rollups (organization_id, hour, severity, source_type, writer_id, events)
      select \(database.ours), date_trunc('hour', now() - interval '30 seconds', 'UTC'), 1, 'zeek', 1, 1
      union all
      select \(database.ours), date_trunc('hour', now(), 'UTC') - interval '5 days', 1, 'cowrie', 1, 9;
      insert into quarantine (
        organization_id, batch_id, item_index, received_at, source_type, code, detail, raw)
      values (\(database.ours), 1, 1, now(), 'zeek', 'code', 'detail', '');
      insert into ingest_batches (
        id, organization_id, received_at, writer_id, writer_seq, key_id, source, received, stored,
        duplicates, quarantined)
      values (1, \(database.ours), now(), 1, 1, 'abc', 'http', 2, 1, 0, 1)
      """)
    let ours = database.ours
    let activity = try await database.tenants.withConnection(ours) { connection in
      try SourceQueries.activity(ours, at: .now, on: connection)
    }
    #expect(activity.sources.map(\.sourceType) == ["cowrie", "zeek"])
    #expect(activity.sources.map(\.dayEvents) == [0, 1])
    #expect(activity.sources.map(\.quarantined) == [0, 1])
    #expect(activity.sources[0].lastEventAt == nil && activity.sources[1].lastEventAt != nil)
    #expect(activity.sensors.map(\.keyID) == ["abc"] && activity.sensors[0].received == 2)
    #expect(activity.countsAllBatches)
  }
}
