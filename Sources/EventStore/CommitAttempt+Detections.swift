internal import Core
internal import Postgres

extension CommitAttempt {
  /// Stores the detections whose events this commit stored, and returns how many they are.
  func storeDetections(
    _ indices: [Int], stored: StoredRows?, on connection: isolated PostgresConnection
  ) throws -> Int {
    guard indices.contains(where: { !batches[$0].detections.isEmpty }) else { return 0 }
    var rows = PostgresRowEncoder()
    var ordinal: Int32 = 0
    for index in indices {
      let batch = batches[index]
      for detection in batch.detections {
        if let stored, stored[batch.id]?.contains(detection.row) != true { continue }
        encode(detection, of: batch, ordinal: ordinal, into: &rows)
        ordinal += 1
      }
    }
    guard ordinal > 0 else { return 0 }
    _ = try connection.copyBinary(
      name: "detections.copy", into: "detections", columns: Self.detectionColumns
    ) { try $0.append(rows) }
    return Int(ordinal)
  }

  private static let detectionColumns = [
    "ts", "received_at", "event_id", "organization_id", "rule_version", "writer_id", "ordinal",
    "writer_seq", "severity", "rule_id", "level", "source_type", "src_ip", "dst_ip", "host", "user",
    "fields", "matched",
  ]

  private func encode(
    _ detection: StagedDetection, of batch: StagedBatch, ordinal: Int32,
    into rows: inout PostgresRowEncoder
  ) {
    let event = batch.rows.references[detection.row]
    rows.beginRow(columns: Self.detectionColumns.count)
    rows.timestamptz(microseconds: event.ts.microseconds)
    rows.timestamptz(microseconds: batch.receivedAt.microseconds)
    rows.uuid(high: event.id.high, low: event.id.low)
    rows.int4(batch.organization.rawValue)
    rows.int4(detection.ruleVersion)
    rows.int4(writer)
    rows.int4(ordinal)
    rows.int8(number)
    rows.int2(detection.severity.rawValue)
    rows.text(detection.ruleID)
    rows.text(detection.level)
    rows.text(detection.sourceType)
    rows.optional(detection.srcIP)
    rows.optional(detection.dstIP)
    rows.optional(detection.host)
    rows.optional(detection.user)
    rows.jsonb(detection.fields)
    rows.jsonb(detection.matched)
  }
}
