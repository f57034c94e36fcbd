internal import Access
internal import Core

extension JSONWriter {
  mutating func auditMembers(_ entry: AuditEntry) {
    member("at", entry.at)
    member("actor", entry.actor)
    member("session", entry.session?.description)
    member("address", entry.address?.description)
    member("action", entry.action)
    if let value = entry.object {
      object("object") { json in
        json.member("type", value.type)
        json.member("id", value.id)
      }
    } else {
      member("object", String?.none)
    }
    member("outcome", entry.outcome.rawValue)
    member("status", entry.status)
    member("request_id", entry.requestID)
  }
}

extension AuditEntry {
  static let csvHeader = CSVWriter.row([
    "at", "actor", "session", "address", "action", "object_type", "object_id", "outcome", "status",
    "request_id",
  ])

  var csvLine: [UInt8] {
    CSVWriter.row([
      at.description, actor, session?.description, address?.description, action, object?.type,
      object?.id, outcome.rawValue, String(status), requestID,
    ])
  }

  var jsonLine: [UInt8] {
    JSONWriter.object { $0.auditMembers(self) } + [UInt8(ascii: "\n")]
  }
}
