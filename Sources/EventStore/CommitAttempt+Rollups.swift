internal import Core
internal import Postgres

extension CommitAttempt {
  /// Adds the events that this commit stored to `event_rollups`, in the order of its key.
  ///
  /// - Parameters:
  ///   - indices: the batches whose events were stored.
  ///   - stored: which rows of them; nil where all were.
  func countEvents(
    _ indices: [Int], stored: StoredRows?, on connection: isolated PostgresConnection
  ) throws {
    var sums: [Rollup: [Int32]] = [:]
    func count(_ events: Int64, _ group: EventTally.Group, of organization: OrganizationID) {
      let start = Timestamp(microseconds: group.start)
      let rollup = Rollup(
        organization: organization, hour: start.hour.microseconds, severity: group.severity,
        sourceType: group.sourceType)
      let part = Int((group.start - rollup.hour) / Timestamp.fiveMinutes)
      let none = [Int32](repeating: 0, count: RollupUnit.fiveMinutesColumns.count)
      sums[rollup, default: none][part] += Int32(clamping: events)
    }
    for index in indices {
      let batch = batches[index]
      let tally = batch.rows.tally
      if let stored {
        for row in stored[batch.id] ?? [] {
          let group = tally.groups[Int(batch.rows.references[row].group)]
          count(1, group, of: batch.organization)
        }
      } else {
        for (group, events) in zip(tally.groups, tally.counts) {
          count(events, group, of: batch.organization)
        }
      }
    }
    guard !sums.isEmpty else { return }
    let rows = sums.sorted { $0.key < $1.key }
    _ = try connection.execute(
      Self.addRollups,
      [
        .int4(writer),
        .int4Array(rows.map(\.key.organization.rawValue)),
        .timestamptzArray(rows.map(\.key.hour)),
        .int2Array(rows.map(\.key.severity)),
        .textArray(rows.map(\.key.sourceType)),
      ]
        + RollupUnit.fiveMinutesColumns.indices.map { part in
          .int4Array(rows.map { $0.value[part] })
        })
  }

  private static let addRollups: PostgresStatement = {
    let columns = RollupUnit.fiveMinutesColumns
    let listed = columns.joined(separator: ", ")
    let arrays = columns.indices.map { "$\($0 + 6)::int[]" }.joined(separator: ", ")
    let sums = columns.map { "\($0) = event_rollups.\($0) + excluded.\($0)" }
    return PostgresStatement(
      "rollups.add",
      """
      insert into event_rollups (
        organization_id, hour, severity, source_type, writer_id, events, \(listed))
      select organization_id, hour, severity, source_type, $1, \(columns.joined(separator: " + ")),
        \(listed)
      from unnest($2::int[], $3::timestamptz[], $4::smallint[], $5::text[], \(arrays))
        as counted (organization_id, hour, severity, source_type, \(listed))
      on conflict (organization_id, hour, severity, source_type, writer_id)
      do update set events = event_rollups.events + excluded.events, \(sums.joined(separator: ", "))
      """)
  }()
}

/// The key of a row of `event_rollups`, but for its writer.
private struct Rollup: Hashable, Comparable {
  let organization: OrganizationID
  let hour: Int64
  let severity: Int16
  let sourceType: String

  static func < (left: Self, right: Self) -> Bool {
    if left.organization != right.organization {
      return left.organization.rawValue < right.organization.rawValue
    }
    if left.hour != right.hour { return left.hour < right.hour }
    if left.severity != right.severity { return left.severity < right.severity }
    return left.sourceType < right.sourceType
  }
}
