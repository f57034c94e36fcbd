internal import Core
internal import Postgres

extension CommitAttempt {
  /// Stores the detections whose events this commit stored, and returns how many they are.
  func storeDetections(
    _ indices: [Int], stored: StoredRows?, on connection: isolated PostgresConnection
  ) throws -> Int {
    guard indices.contains(where: { !batches[$0].detections.isEmpty }) else { return 0 }
    return try connection.copyBinary(
      name: "detections.copy", into: "detections", columns: Self.detectionColumns
    ) { writer in
      var ordinal: Int32 = 0
      for index in indices {
        let batch = batches[index]
        for detection in batch.detections {
          if let stored, stored[batch.id]?.contains(detection.row) != true { continue }
          try writer.row(columns: Self.detectionColumns.count) { row in
            encode(detection, of: batch, ordinal: ordinal, into: &row)
          }
          ordinal += 1
        }
      }
    }
  }

  private static let detectionColumns = [
    "ts", "received_at", "event_id", "organization_id", "rule_version", "writer_id", "ordinal",
    "writer_seq", "severity", "rule_id", "level", "source_type", "src_ip", "dst_ip", "host", "user",
    "fields", "matched",
  ]

  private func encode(
    _ detection: StagedDetection, of batch: StagedBatch, ordinal: Int32,
    into row: inout PostgresRowEncoder
  ) {
    let event = batch.rows.references[detection.row]
    row.timestamptz(microseconds: event.ts.microseconds)
    row.timestamptz(microseconds: batch.receivedAt.microseconds)
    row.uuid(high: event.id.high, low: event.id.low)
    row.int4(batch.organization.rawValue)
    row.int4(detection.ruleVersion)
    row.int4(writer)
    row.int4(ordinal)
    row.int8(number)
    row.int2(detection.severity.rawValue)
    row.text(detection.ruleID)
    row.text(detection.level)
    row.text(detection.sourceType)
    row.optional(detection.srcIP)
    row.optional(detection.dstIP)
    row.optional(detection.host)
    row.optional(detection.user)
    row.jsonb(detection.fields)
    row.jsonb(detection.matched)
  }
}
