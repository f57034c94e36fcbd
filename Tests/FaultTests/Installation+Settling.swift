internal import Foundation
internal import ServiceHarness

extension Installation {
  /// Waits until the correlator has read every committed detection and decided what waits for time.
  func settle(until deadline: Date) async throws {
    while Date() < deadline {
      if try await correlatorHasCaughtUp() { return }
      try await Task.sleep(for: .milliseconds(100))
    }
    throw HarnessError("the correlator did not catch up in time: \(logTail)")
  }

  /// Whether the cursors stand behind every committed detection, nothing is set aside to be tried
  /// again, and the last scene of each story, which only the clock can end, has its incident.
  private func correlatorHasCaughtUp() async throws -> Bool {
    let rows = try await database.rows(
      """
      select (
          select count(*)
          from (
            select writer_id, organization_id % 16 as shard, max(writer_seq) as newest
            from detections
            group by writer_id, shard
          ) committed
          left join correlation_cursors using (writer_id, shard)
          where seq is null or seq < newest),
        (
          select count(*)
          from incidents
          where correlation = 'live' and group_values ->> 'host' = '\(LabStory.curtain)'),
        (select count(*) from correlation_skips where replayed_at is null)
      """)
    return rows == [["0", String(Tenant.all.count), "0"]]
  }
}
