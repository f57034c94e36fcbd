internal import Core
internal import EventStore

extension JSONWriter {
  /// One event as the API shows it: every name of interface.md §5, null where the event has no value.
  ///
  /// - Parameter names: the members to write; nil writes all but `raw`.
  mutating func event(_ event: StoredEvent, only names: Set<String>? = nil) {
    object { json in
      func wants(_ name: String) -> Bool { names?.contains(name) ?? true }
      let columns = event.columns
      if wants("id") { json.member("id", event.id.description) }
      if wants("ts") { json.member("ts", event.ts) }
      if wants("received_at") { json.member("received_at", event.receivedAt) }
      if wants("source_type") { json.member("source_type", columns.sourceType) }
      if wants("event_id") { json.member("event_id", columns.eventID) }
      if wants("severity") { json.member("severity", columns.severity.rawValue) }
      if wants("src_ip") { json.member("src_ip", columns.srcIP?.description) }
      if wants("src_port") { json.member("src_port", columns.srcPort) }
      if wants("dst_ip") { json.member("dst_ip", columns.dstIP?.description) }
      if wants("dst_port") { json.member("dst_port", columns.dstPort) }
      if wants("protocol") { json.member("protocol", columns.proto) }
      if wants("host") { json.member("host", columns.host) }
      if wants("user") { json.member("user", columns.user) }
      if wants("process") { json.member("process", columns.process) }
      if wants("action") { json.member("action", columns.action) }
      if wants("outcome") { json.member("outcome", columns.outcome) }
      if wants("message") { json.member("message", columns.message) }
      if wants("batch_id") { json.member("batch_id", String(event.batchID)) }
      if let raw = event.raw { json.rawRecord(raw) }
    }
  }

  /// The record as the sensor sent it: an object as it is, a text line as a string.
  private mutating func rawRecord(_ raw: [UInt8]) {
    if raw.first == UInt8(ascii: "{") {
      member("raw", json: raw)
    } else {
      member("raw", String(decoding: raw, as: UTF8.self))
    }
  }
}

/// The members of an event that a client may choose with `fields`.
enum EventMember {
  static let all: Set<String> = [
    "id", "ts", "received_at", "source_type", "event_id", "severity", "src_ip", "src_port", "dst_ip",
    "dst_port", "protocol", "host", "user", "process", "action", "outcome", "message", "batch_id", "raw",
  ]
}
