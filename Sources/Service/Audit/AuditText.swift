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
  static let csvHeader =
    "at,actor,session,address,action,object_type,object_id,outcome,status,request_id\r\n"

  /// One line of RFC 4180.
  var csvLine: String {
    [
      at.description, actor, session?.description ?? "", address?.description ?? "", action,
      object?.type ?? "", object?.id ?? "", outcome.rawValue, String(status), requestID,
    ].map(Self.cell).joined(separator: ",") + "\r\n"
  }

  /// A spreadsheet takes a cell that begins like a formula for one: it gets an apostrophe.
  private static func cell(_ text: String) -> String {
    var text = text
    if let first = text.unicodeScalars.first, "=+-@\t\r".unicodeScalars.contains(first) {
      text = "'" + text
    }
    guard text.contains(where: { ",\"\r\n".contains($0) || $0 == "\r\n" }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }

  var jsonLine: [UInt8] {
    JSONWriter.object { $0.auditMembers(self) } + [UInt8(ascii: "\n")]
  }
}
