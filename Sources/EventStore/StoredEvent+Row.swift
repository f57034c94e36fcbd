internal import Core
internal import Postgres

extension StoredEvent {
  /// The columns that `init(_:decoder:)` reads.
  static let selected = """
    id, ts, received_at, batch_id, severity, src_port, dst_port, source_type, event_id, src_ip, dst_ip, \
    protocol, host, "user", process, action, outcome, message
    """

  /// Reads a row of `selected`, with `raw` behind them where there is a decoder for it.
  init(_ row: PostgresRow, decoder: RawDecoder?) throws {
    let uuid = try row.uuid(0)
    id = EventID(high: uuid.high, low: uuid.low)
    ts = Timestamp(microseconds: try row.timestamptz(1))
    receivedAt = Timestamp(microseconds: try row.timestamptz(2))
    batchID = try row.int8(3)
    columns = EventColumns()
    columns.ts = ts
    columns.severity = EventSeverity(clamping: Int(try row.int2(4)))
    columns.srcPort = try row.optionalInt4(5)
    columns.dstPort = try row.optionalInt4(6)
    columns.sourceType = try row.text(7)
    columns.eventID = try row.optionalText(8)
    columns.srcIP = try row.optionalInet(9).flatMap { IPAddress(bytes: $0) }
    columns.dstIP = try row.optionalInet(10).flatMap { IPAddress(bytes: $0) }
    columns.proto = try row.optionalText(11)
    columns.host = try row.optionalText(12)
    columns.user = try row.optionalText(13)
    columns.process = try row.optionalText(14)
    columns.action = try row.optionalText(15)
    columns.outcome = try row.optionalText(16)
    columns.message = try row.optionalText(17)
    raw = try decoder?.decode(try row.bytea(18))
  }
}
