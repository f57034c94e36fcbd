internal import Core
internal import Correlation
internal import EventScanner
internal import Postgres

/// Reads rows of `detections` (`CorrelationHistory.columns`), with a tape that one query's rows share.
struct DetectionDecoder {
  private let scanner = JSONScanner()
  private var tape = JSONTape()
  private var name: [UInt8] = []

  /// Where the columns have the number of the commit.
  static let commit = 10

  /// - Parameter marks: tell which revision it was committed under; nil for the present one.
  mutating func detection(
    _ row: PostgresRow, from column: Int, _ marks: RevisionMarks?
  ) throws -> Detection {
    let id = try row.uuid(column + 1)
    let (commit, writer) = (try row.int8(column + Self.commit), try row.int4(column + 11))
    return Detection(
      ts: Timestamp(microseconds: try row.timestamptz(column)),
      eventID: EventID(high: id.high, low: id.low), ruleID: try row.text(column + 2),
      ruleVersion: try row.int4(column + 3),
      receivedAt: Timestamp(microseconds: try row.timestamptz(column + 4)),
      fields: try fields(try row.jsonbBytes(column + 9)),
      srcIP: try row.optionalInet(column + 5).flatMap { IPAddress(bytes: $0) },
      dstIP: try row.optionalInet(column + 6).flatMap { IPAddress(bytes: $0) },
      host: try row.optionalText(column + 7), user: try row.optionalText(column + 8),
      excepted: try row.optionalTextArray(column + 12)?.compactMap(\.self) ?? [],
      revision: marks?.revision(of: commit, writer) ?? .max)
  }

  /// The members of a JSON object whose values are texts.
  ///
  /// - Throws: `IncidentStoreError` with `.unknownValue` for anything else.
  private mutating func fields(_ text: [UInt8]) throws -> DetectionFields {
    do {
      try scanner.scanRecord(text.span.bytes, into: &tape)
    } catch {
      throw IncidentStoreError(.unknownValue, "detections.fields is no object: \(error.message)")
    }
    var fields = DetectionFields()
    var member = 1
    while member < tape.nodes[0].end {
      guard tape.nodes[member].kind == .string else {
        throw IncidentStoreError(.unknownValue, "detections.fields holds what is no text")
      }
      name.removeAll(keepingCapacity: true)
      tape.appendKey(at: member, in: text.span.bytes, to: &name)
      fields.add(
        String(decoding: name, as: UTF8.self), tape.string(at: member, in: text.span.bytes))
      member = tape.nodes[member].end
    }
    return fields
  }
}
