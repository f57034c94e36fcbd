internal import Core
internal import Postgres

extension CommitAttempt {
  /// Stores the detections whose events this commit stored, and returns how many they are.
  func storeDetections(
    _ indices: [Int], stored: StoredRows?, on connection: isolated PostgresConnection
  ) throws -> Int {
    guard indices.contains(where: { !batches[$0].detections.isEmpty }) else { return 0 }
    var held: [Int64: Int64] = [:]
    let count = try connection.copyBinary(
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
          for exception in detection.exceptions { held[exception, default: 0] += 1 }
        }
      }
    }
    if !held.isEmpty { try countExceptions(held, on: connection) }
    return count
  }

  private func countExceptions(
    _ held: [Int64: Int64], on connection: isolated PostgresConnection
  ) throws {
    let entries = held.sorted { $0.key < $1.key }
    _ = try connection.execute(
      Self.countHeld,
      [.int4(writer), .int8Array(entries.map(\.key)), .int8Array(entries.map(\.value))])
  }

  private static let countHeld = PostgresStatement(
    "rules.exceptions_held", "select rules_exceptions_held($1, $2, $3)")

  private static let detectionColumns = [
    "ts", "received_at", "event_id", "organization_id", "rule_version", "writer_id", "ordinal",
    "writer_seq", "severity", "rule_id", "level", "source_type", "src_ip", "dst_ip", "host", "user",
    "fields", "matched", "exceptions", "excepted",
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
    row.jsonb(utf8: detection.fields)
    row.jsonb(utf8: detection.matched)
    if detection.exceptions.isEmpty {
      row.null()
      row.null()
    } else {
      row.value(.int8Array(detection.exceptions))
      row.value(.textArray(detection.excepted))
    }
  }
}
