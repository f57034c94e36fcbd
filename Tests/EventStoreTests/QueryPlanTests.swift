import Core
import EventSearch
import Postgres
import Tenancy
import Testing

@testable import EventStore

/// Lists and counts read only the months of their range, by an index and in its order.
@Suite struct QueryPlanTests {
  /// Four months with the events of five organizations.
  private static func store() async throws -> Store {
    let store = try await Store()
    for month in 8...11 {
      try await store.partitions.ensure(
        month: Timestamp(CivilDate(year: 2026, month: month, day: 1)))
    }
    try await store.pool.withConnection { connection in
      try connection.executeScript(
        """
        insert into events (ts, received_at, id, organization_id, severity, source_type, src_ip,
          "user", host, message, batch_id, raw)
        select t, t, gen_random_uuid(), (power(random(), 2) * 5)::int + 1, (random() * 9)::int,
          'type-' || (power(random(), 3) * 20)::int, '10.0.0.0'::inet + (random() * 2000)::int,
          'user-' || (random() * 100)::int, 'host-' || (random() * 100)::int, 'message', 1, 'x'
        from (
          select '2026-08-01T00:00:00Z'::timestamptz + random() * interval '112 days' as t
          from generate_series(1, 60000)
        ) times;
        insert into event_rollups (organization_id, hour, severity, source_type, writer_id, events)
        select organization_id, date_trunc('hour', ts, 'UTC'), severity, source_type, 0, count(*)
        from events group by 1, 2, 3, 4;
        analyze;
        """)
    }
    return store
  }

  private static let from = Timestamp("2026-11-10T00:00:00Z")!
  private static let to = Timestamp("2026-11-11T00:00:00Z")!

  private static func filter(_ query: String?) throws -> EventFilter {
    EventFilter(
      organization: OrganizationID(2), from: from, to: to,
      query: try query.map { try ParsedEventQuery($0).query })
  }

  private static func plan(
    _ sql: String, _ values: [PostgresValue], in store: Store
  ) async throws -> String {
    let lines = try await store.tenants.withConnection(OrganizationID(2)) { connection in
      try connection.query(PostgresStatement("test.explain", "explain (costs off) " + sql), values)
      {
        try $0.text(0)
      }
    }
    return lines.joined(separator: "\n")
  }

  private static func isGood(_ plan: String) -> Bool {
    let lines = plan.split(separator: "\n").map { $0.drop { $0 == " " || $0 == "-" || $0 == ">" } }
    let others = ["events_2026_08", "events_2026_09", "events_2026_10", "events_default"]
    return plan.contains("events_2026_11") && plan.contains("Index")
      && !others.contains(where: plan.contains)
      && !lines.contains { $0.hasPrefix("Sort") && !$0.hasPrefix("Sort Key") }
      && !plan.contains("Seq Scan")
  }

  @Test func everyListReadsItsMonthByAnIndexInOrder() async throws {
    let store = try await Self.store()
    let queries = [
      nil, "severity:>=8", "severity:3", "source_type:type-7", "src_ip:10.0.3.4",
      "src_ip:10.0.0.0/24",
      "user:user-7", "host:host-7", "\"mess\"", "-user:user-7 (host:host-1 or src_ip:10.0.3.4)",
      "severity:(8 or 9)", "user:user-*", "src_ip:10.0.3.4 severity:>=7", "dst_ip:10.0.0.1",
    ]
    for query in queries {
      let filter = try Self.filter(query)
      let middle = EventPosition(
        ts: Self.from.advanced(byMicroseconds: 50_000_000_000), id: EventID(high: 5, low: 5))
      for position in [nil, middle] {
        for ascending in [false, true] {
          let list = EventListQuery(
            filter: filter, position: position, ascending: ascending, offset: 0, rawBytes: nil)
          let (statement, values) = list.statement(limit: 51)
          let plan = try await Self.plan(statement.sql, values, in: store)
          #expect(Self.isGood(plan), "\(query ?? "all")\n\(plan)")
        }
      }
    }
  }

  @Test func filtersHaveTheirIndex() async throws {
    let store = try await Self.store()
    for (query, index) in [
      ("src_ip:10.0.3.4", "organization_id_src_ip_ts_idx"),
      ("severity:>=9 action:login", "organization_id_ts_idx"),
      ("dst_ip:10.0.0.1", "organization_id_dst_ip_ts_idx"),
      ("host:host-7", "organization_id_host_ts_idx"),
      ("user:user-7", "organization_id_user_ts_idx"),
      ("event_id:4625", "organization_id_event_id_ts_idx"),
      ("source_type:type-19", "organization_id_source_type_ts_idx"),
    ] {
      let list = EventListQuery(
        filter: try Self.filter(query), position: nil, ascending: false, offset: 0, rawBytes: nil)
      let (statement, values) = list.statement(limit: 51)
      let plan = try await Self.plan(statement.sql, values, in: store)
      #expect(plan.contains(index), "\(plan)")
    }
  }

  @Test func countsAndHistogramsReadTheirRangeOnly() async throws {
    let store = try await Self.store()
    for query in [nil, "user:user-7", "severity:>=8"] {
      var parameters = SQLParameters()
      let condition = try Self.filter(query).sql(&parameters)
      let plan = try await Self.plan(
        """
        select date_bin('5 minutes', ts, '2026-11-10T00:00:00Z'), count(*)
        from events where \(condition) group by 1
        """, parameters.values, in: store)
      #expect(Self.isGood(plan), "\(plan)")
    }
    var parameters = SQLParameters()
    let condition = try Self.filter("source_type:type-7").rollupSQL(
      from: Self.from, to: Self.to, &parameters)
    let plan = try await Self.plan(
      "select hour, sum(events) from event_rollups where \(condition) group by 1 order by 1 desc",
      parameters.values, in: store)
    #expect(plan.contains("event_rollups_pkey"), "\(plan)")
    #expect(!plan.contains("Seq Scan"), "\(plan)")
  }

  @Test func aRareSourceTypeIsLookedForInItsHoursOnly() async throws {
    let store = try await Self.store()
    try await store.pool.withConnection { connection in
      try connection.executeScript(
        """
        insert into event_rollups (
          organization_id, hour, severity, source_type, writer_id, events)
        values
          (2, '2026-08-03T04:00:00Z', 3, 'rare', 0, 1), (2, '2026-08-03T05:00:00Z', 3, 'rare', 0, 1),
          (2, '2026-09-07T11:00:00Z', 3, 'rare', 0, 1), (3, '2026-10-07T11:00:00Z', 3, 'rare', 0, 1)
        """)
    }
    func parts(_ query: String, limit: Int = 50) async throws -> [Range<Timestamp>] {
      let filter = EventFilter(
        organization: OrganizationID(2), from: Timestamp("2026-08-01T00:00:00Z")!, to: Self.to,
        query: try ParsedEventQuery(query).query)
      let list = EventListQuery(
        filter: filter, position: nil, ascending: false, offset: 0, rawBytes: nil)
      return try await store.tenants.withConnection(OrganizationID(2)) { connection in
        try connection.parts(of: list, limit: limit).map { $0.filter.from..<$0.filter.to }
      }
    }
    func hours(_ from: String, _ to: String) throws -> Range<Timestamp> {
      try #require(Timestamp(from))..<#require(Timestamp(to))
    }
    let all = [
      try hours("2026-09-07T11:00:00Z", "2026-09-07T12:00:00Z"),
      try hours("2026-08-03T04:00:00Z", "2026-08-03T06:00:00Z"),
    ]
    #expect(try await parts("source_type:rare user:root") == all)
    #expect(try await parts("source_type:never user:root").isEmpty)
    // Alone it has an index in the order of the list.
    #expect(try await parts("source_type:rare").count == 1)
    #expect(try await parts("(source_type:rare or source_type:never)") == all)
    #expect(try await parts("source_type:rare severity:>=7").isEmpty)
    #expect(try await parts("user:root").count == 1)
    #expect((1...3).contains(try await parts("severity:<7", limit: 1).count))
  }
}
