internal import Core
internal import IncidentStore

extension IncidentChange {
  static let members = [
    "status", "assignee", "verdict", "severity", "title", "tags", "comment",
  ]

  /// Reads what a person wants changed; `"assignee": null` takes the assignee away.
  init(_ body: JSONObject) throws(Problem) {
    self.init()
    status = try body.choice("status")
    verdict = try body.choice("verdict")
    severity = try body.choice("severity")
    title = try body.string("title", maximumBytes: 500)
    tags = try body.strings("tags", maximumCount: 50, maximumBytes: 100)
    comment = try body.string("comment", maximumBytes: 10_000)
    if body.has("assignee") {
      assignee = try body.string("assignee", maximumBytes: 320).map { .person($0) } ?? .nobody
    }
    guard self != IncidentChange() else {
      throw .invalidBody([
        FieldError(
          pointer: "", code: "empty",
          detail: "name what to change: \(Self.members.joined(separator: ", "))")
      ])
    }
  }
}

extension NewIncident {
  static let members = [
    "title", "reason", "severity", "src_ip", "assignee", "tags", "techniques", "occurred_at",
  ]

  init(_ body: JSONObject) throws(Problem) {
    let reason = try body.requiredString("reason", maximumBytes: 4000)
    self.init(
      title: try body.string("title", maximumBytes: 500) ?? String(reason.prefix(200)),
      reason: reason, severity: try body.choice("severity") ?? .medium)
    if let text = try body.string("src_ip", maximumBytes: 64) {
      guard let address = IPAddress(text) else {
        throw JSONObject.invalid("src_ip", "invalid", "must be an IPv4 or IPv6 address")
      }
      srcIP = address
    }
    assignee = try body.string("assignee", maximumBytes: 320)
    tags = try body.strings("tags", maximumCount: 50, maximumBytes: 100) ?? []
    techniques = try body.strings("techniques", maximumCount: 50, maximumBytes: 16) ?? []
    occurredAt = try body.time("occurred_at")
  }
}
