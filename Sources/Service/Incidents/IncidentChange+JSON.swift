internal import Core
internal import IncidentStore

extension IncidentChange {
  static let members = [
    "status", "assignee", "verdict", "verdict_reason", "severity", "title", "tags", "comment",
  ]

  /// A merge patch (RFC 7396): what is not given stays; `null` takes assignee, verdict and its reason
  /// away.
  init(patch body: JSONObject) throws(Problem) {
    try self.init(body)
    if body.has("assignee"), assignee == nil { assignee = .nobody }
    if body.has("verdict"), verdict == nil { verdict = .nothing }
    if body.has("verdict_reason"), verdictReason == nil { verdictReason = .nothing }
    guard self != IncidentChange() else {
      throw .invalidBody([
        FieldError(
          pointer: "", code: "empty",
          detail: "name what to change: \(Self.members.joined(separator: ", "))")
      ])
    }
  }

  /// A replacement of all that a person can change: what is not given gets what a new incident has.
  init(replacement body: JSONObject, of incident: Incident) throws(Problem) {
    try self.init(body)
    status = status ?? .open
    assignee = assignee ?? .nobody
    verdict = verdict ?? .nothing
    verdictReason = verdictReason ?? .nothing
    severity = severity ?? .medium
    title = title ?? incident.rule?.title ?? NewIncident.title(of: incident.reason)
    tags = tags ?? []
  }

  private init(_ body: JSONObject) throws(Problem) {
    self.init()
    try body.refuseNulls("status", "severity", "title", "tags", "comment")
    status = try body.choice("status")
    let given: IncidentVerdict? = try body.choice("verdict")
    verdict = given.map { .value($0) }
    verdictReason = try body.line("verdict_reason", maximum: 4000).map { .value($0) }
    severity = try body.choice("severity")
    title = try body.line("title", maximum: 500)
    tags = try body.lines("tags", maximumCount: 50, maximum: 100)
    comment = try body.line("comment", maximum: 10_000)
    assignee = try body.line("assignee", maximum: 320).map { .person($0) }
  }
}

extension NewIncident {
  static let members = [
    "title", "reason", "severity", "src_ip", "entities", "assignee", "tags", "techniques",
    "occurred_at",
  ]

  init(_ body: JSONObject) throws(Problem) {
    try body.refuseNulls("title", "reason", "severity", "entities", "tags", "techniques")
    guard let reason = try body.line("reason", maximum: 4000) else {
      throw body.invalid("reason", "missing", "is needed")
    }
    self.init(
      title: try body.line("title", maximum: 500) ?? Self.title(of: reason),
      reason: reason, severity: try body.choice("severity") ?? .medium)
    if let text = try body.string("src_ip", maximumBytes: 64) {
      guard let address = IPAddress(text) else {
        throw body.invalid("src_ip", "invalid", "must be an IPv4 or IPv6 address")
      }
      srcIP = address
    }
    entities = try Self.entities(body)
    assignee = try body.line("assignee", maximum: 320)
    tags = try body.lines("tags", maximumCount: 50, maximum: 100) ?? []
    techniques = try body.lines("techniques", maximumCount: 50, maximum: 9) ?? []
    guard techniques.allSatisfy({ IncidentTechnique.isOne($0) }) else {
      throw body.invalid("techniques", "invalid", "must be names such as T1110 or T1110.001")
    }
    occurredAt = try body.time("occurred_at")
  }

  /// What stands for a title where none is given: the beginning of the reason, which is not blank.
  static func title(of reason: String) -> String {
    String(reason.drop(while: \.isWhitespace).prefix(200))
  }

  private static func entities(_ body: JSONObject) throws(Problem) -> [IncidentEntity] {
    let elements = try body.elements("entities", maximumCount: 100, allowing: ["type", "value"])
    var entities: [IncidentEntity] = []
    for element in elements ?? [] {
      guard case .object(let object) = element else {
        throw body.invalid("entities", "wrong_type", "must hold objects of type and value")
      }
      guard let type = try object.string("type", maximumBytes: 8),
        IncidentEntity.types.contains(type), let value = try object.line("value", maximum: 512)
      else {
        throw object.invalid(
          "type", "invalid",
          "must be one of \(IncidentEntity.types.joined(separator: ", ")), with a value")
      }
      guard type != "ip" || IPAddress(value) != nil else {
        throw object.invalid("value", "invalid", "must be an IPv4 or IPv6 address")
      }
      entities.append(IncidentEntity(canonical: type, value))
    }
    return entities
  }
}

enum IncidentTechnique {
  static let pattern = "^T[0-9]{4}(\\.[0-9]{3})?$"

  /// `T1110` or `T1110.001`.
  static func isOne(_ text: String) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    func digits(_ text: Substring, _ count: Int) -> Bool {
      text.utf8.count == count && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
    guard let first = parts.first, first.hasPrefix("T"), digits(first.dropFirst(), 4) else {
      return false
    }
    return parts.count == 1 || parts.count == 2 && digits(parts[1], 3)
  }
}

extension IncidentEntity {
  static let types = ["ip", "host", "user"]

  /// An address in its one spelling; anything else as it is.
  init(canonical type: String, _ value: String) {
    let address = type == "ip" ? IPAddress(value)?.description : nil
    self.init(type: type, value: address ?? value)
  }
}
