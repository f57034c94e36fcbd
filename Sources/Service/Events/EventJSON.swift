internal import Core
internal import EventStore

extension JSONWriter {
  /// One event as the API shows it: every name of interface.md §5, null where the event has no value.
  ///
  /// - Parameter names: the members to write; nil writes all but `raw`.
  mutating func event(_ event: StoredEvent, only names: [String]? = nil) {
    object { $0.eventMembers(event, only: names) }
  }

  mutating func eventMembers(_ event: StoredEvent, only names: [String]? = nil) {
    func wants(_ name: String) -> Bool { names?.contains(name) ?? true }
    let columns = event.columns
    if wants("id") { member("id", event.id.description) }
    if wants("ts") { member("ts", event.ts) }
    if wants("received_at") { member("received_at", event.receivedAt) }
    if wants("source_type") { member("source_type", columns.sourceType) }
    if wants("event_id") { member("event_id", columns.eventID) }
    if wants("severity") { member("severity", columns.severity.rawValue) }
    if wants("src_ip") { member("src_ip", columns.srcIP?.description) }
    if wants("src_port") { member("src_port", columns.srcPort) }
    if wants("dst_ip") { member("dst_ip", columns.dstIP?.description) }
    if wants("dst_port") { member("dst_port", columns.dstPort) }
    if wants("protocol") { member("protocol", columns.proto) }
    if wants("host") { member("host", columns.host) }
    if wants("user") { member("user", columns.user) }
    if wants("process") { member("process", columns.process) }
    if wants("action") { member("action", columns.action) }
    if wants("outcome") { member("outcome", columns.outcome) }
    if wants("message") { member("message", columns.message) }
    if wants("batch_id") { member("batch_id", String(event.batchID)) }
    if let raw = event.raw { rawRecord(raw) }
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
