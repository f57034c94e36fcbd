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
    var sums: [Rollup: Int64] = [:]
    for index in indices {
      let batch = batches[index]
      let tally = batch.rows.tally
      if let stored {
        for row in stored[batch.id] ?? [] {
          let group = tally.groups[Int(batch.rows.references[row].group)]
          sums[Rollup(organization: batch.organization, group: group), default: 0] += 1
        }
      } else {
        for (group, count) in zip(tally.groups, tally.counts) {
          sums[Rollup(organization: batch.organization, group: group), default: 0] += count
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
        .timestamptzArray(rows.map(\.key.group.hour)),
        .int2Array(rows.map(\.key.group.severity)),
        .textArray(rows.map(\.key.group.sourceType)),
        .int8Array(rows.map(\.value)),
      ])
  }

  private static let addRollups = PostgresStatement(
    "rollups.add",
    """
    insert into event_rollups (organization_id, hour, severity, source_type, writer_id, events)
    select organization_id, hour, severity, source_type, $1, events
    from unnest($2::int[], $3::timestamptz[], $4::smallint[], $5::text[], $6::bigint[])
      as counted (organization_id, hour, severity, source_type, events)
    on conflict (organization_id, hour, severity, source_type, writer_id)
    do update set events = event_rollups.events + excluded.events
    """)
}

/// The key of a row of `event_rollups`, but for its writer.
private struct Rollup: Hashable, Comparable {
  let organization: OrganizationID
  let group: EventTally.Group

  static func < (left: Self, right: Self) -> Bool {
    let (a, b) = (left.group, right.group)
    if left.organization != right.organization {
      return left.organization.rawValue < right.organization.rawValue
    }
    if a.hour != b.hour { return a.hour < b.hour }
    if a.severity != b.severity { return a.severity < b.severity }
    return a.sourceType < b.sourceType
  }
}
