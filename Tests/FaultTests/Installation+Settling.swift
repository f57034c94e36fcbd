internal import Foundation
internal import ServiceHarness

extension Installation {
  /// The incidents once the correlator has read every committed detection.
  func settledIncidents(key: String, until deadline: Date) async throws -> IncidentCounts {
    while Date() < deadline {
      if try await correlatorHasCaughtUp() { return try await incidents(key: key) }
      try await Task.sleep(for: .milliseconds(200))
    }
    throw HarnessError("the correlator did not catch up in time: \(logTail)")
  }

  /// The incidents once they are the expected ones, or, if that never happens, as they are when
  /// the correlator has read everything.
  func incidents(
    key: String, awaiting expected: IncidentCounts, until deadline: Date
  ) async throws -> IncidentCounts {
    let settled = try await settledIncidents(key: key, until: deadline)
    // A list that was cached while Redis came back may be a moment behind.
    for _ in 0..<50 where settled != expected {
      let found = try await incidents(key: key)
      if found == expected { return found }
      try await Task.sleep(for: .milliseconds(200))
    }
    return settled == expected ? settled : try await incidents(key: key)
  }

  /// Whether the cursors stand behind every committed detection.
  private func correlatorHasCaughtUp() async throws -> Bool {
    let behind = try await database.number(
      """
      select count(*)
      from (
        select writer_id, organization_id % 16 as shard, max(writer_seq) as newest
        from detections
        group by writer_id, shard
      ) committed
      left join correlation_cursors using (writer_id, shard)
      where seq is null or seq < newest
      """)
    return behind == 0
  }
}

extension IncidentCounts {
  /// What `whole` has and this has not, as text, in order.
  func missing(from whole: IncidentCounts) -> [String] {
    whole.filter { self[$0.key, default: 0] < $0.value }
      .map { "\($0.value - self[$0.key, default: 0]) of \($0.key)" }.sorted()
  }
}
