import AnalyticsStore
import Core
import IncidentStore
import Testing

@Suite struct SummaryTests {
  @Test func aSummaryOfOneDay() async throws {
    let database = try await AnalyticsDatabase()
    let first = try await database.create(severity: .high)
    let second = try await database.create(severity: .low)
    let merged = try await database.create(severity: .low)
    _ = try await database.create(severity: .critical, in: database.theirs)
    try await database.run(
      "update incidents set acknowledged_at = created_at + interval '10 seconds' "
        + "where id = '\(first.id)'")
    try await database.change(first.id) {
      $0.status = .resolved
      $0.verdict = .value(.truePositive)
    }
    try await database.run(
      "update incidents set resolved_at = created_at + interval '90.5 seconds', rule_id = 'r1' "
        + "where id = '\(first.id)'")
    try await database.merge(merged.id, into: second.id, in: database.ours)
    try await database.run(
      """
      insert into event_rollups (organization_id, hour, severity, source_type, writer_id, events)
      select organization, date_trunc('hour', now(), 'UTC') - interval '1 hour' * hours, 3, type,
        writer, events
      from (values (\(database.ours), 0, 'linux.sshd', 1, 5), (\(database.ours), 0, 'linux.sshd', 2, 6),
        (\(database.ours), 2, 'suricata', 1, 7), (\(database.ours), 900, 'suricata', 1, 100),
        (\(database.theirs), 0, 'suricata', 1, 1000))
        as sums (organization, hours, type, writer, events)
      """)
    let stale = try await database.summary()
    #expect(stale.incidents.counts.total == 0 && stale.asOf < .now)
    try await database.drain()
    let summary = try await database.summary()
    #expect(summary.asOf > stale.asOf)
    #expect(summary.incidents.counts.total == 2 && summary.incidents.merged == 1)
    #expect(summary.incidents.counts.groups == ["r1": 1, "": 1])
    #expect(summary.incidents.bySeverity == ["high": 1, "low": 1])
    #expect(summary.incidents.byStatus == ["resolved": 1, "open": 1])
    #expect(summary.incidents.byVerdict == ["true_positive": 1, "": 1])
    #expect(summary.incidents.acknowledging.meanMilliseconds == 10_000)
    #expect(summary.incidents.acknowledging.medianMilliseconds == 10_000)
    #expect(summary.incidents.resolving.sumMilliseconds == 90_500)
    #expect(summary.incidents.resolving.p90Milliseconds == 90_500)
    #expect(summary.open == ["low": 1])
    #expect(summary.events.counts.total == 18)
    #expect(summary.events.counts.groups == ["linux.sshd": 11, "suricata": 7])
    #expect(summary.events.bySeverity == [3: 18])
    #expect(summary.events.counts.series.count == 2)
  }

  @Test func rangesAreWholeIntervals() throws {
    let from = try #require(Timestamp("2026-11-21T05:30:00Z"))
    let to = try #require(Timestamp("2026-11-22T07:00:00Z"))
    let hours = SummaryRange(from: from, to: to, by: .hour)
    #expect(hours.from.description == "2026-11-21T05:00:00.000000Z" && hours.to == to)
    #expect(hours.count == 26 && hours.starts.last?.description == "2026-11-22T06:00:00.000000Z")
    #expect(hours.days.count == 2)
    let old = SummaryRange(
      from: .earliest, to: Timestamp.earliest.advanced(byMicroseconds: 1), by: .day)
    #expect(old.from == .earliest && old.count == 1)
    let late = SummaryRange(
      from: Timestamp.latest.advanced(byMicroseconds: -1), to: .latest, by: .day)
    #expect(late.to == .latest && late.count == 1)
  }
}
