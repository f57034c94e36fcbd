internal import Foundation
internal import ServiceHarness

/// Someone who changes rules of an organization over HTTP, and senders of its events.
struct RuleOffice: Sendable {
  let installation: Installation
  let key: String

  static let scopes = [
    "events:write", "events:read", "incidents:read", "incidents:write", "rules:write",
  ]

  /// - Parameter slug: of an organization that is made.
  init(_ installation: Installation, _ slug: String) async throws {
    self.installation = installation
    try await installation.makeOrganization(slug)
    key = try await installation.makeKey(organization: slug, scopes: Self.scopes)
  }

  func send(
    _ method: String, _ target: String, _ headers: [(name: String, value: String)] = [],
    body: String = "", expecting status: Int = 200
  ) async throws -> HTTPResponse {
    let response = try await installation.ask(
      HTTPRequest(
        method, target, headers: headers + [("Authorization", "Bearer \(key)")],
        body: Array(body.utf8)))
    guard response.status == status else {
      throw ScenarioError("\(method) \(target): \(response.status) \(response.text)")
    }
    return response
  }

  func json(
    _ method: String, _ target: String, _ headers: [(name: String, value: String)] = [],
    body: String = "", expecting status: Int = 200
  ) async throws -> JSONValue {
    try JSONValue(
      parsing: try await send(method, target, headers, body: body, expecting: status).body)
  }

  /// Makes a rule or another version of it, and returns the change's revision.
  @discardableResult
  func put(_ rule: String, id: String, isNew: Bool = false) async throws -> Int {
    let type = [(name: "Content-Type", value: "application/yaml")]
    let answer =
      isNew
      ? try await json("POST", "/api/rules", type, body: rule, expecting: 201)
      : try await json("PUT", "/api/rules/\(id)", type + [("If-Match", "*")], body: rule)
    return try Self.revision(answer)
  }

  func setMode(_ mode: String, of id: String) async throws -> Int {
    try Self.revision(
      try await json(
        "PATCH", "/api/rules/\(id)",
        [("Content-Type", "application/json"), ("If-Match", "*")], body: #"{"mode":"\#(mode)"}"#))
  }

  static func revision(_ answer: JSONValue) throws -> Int {
    guard case .number(let number)? = answer.at("/revision") else {
      throw ScenarioError("an answer without revision: \(answer)")
    }
    return Int(number)
  }

  /// A rule for the events of one user.
  static func rule(_ id: String, user: String, note: String = "") -> String {
    """
    title: Logins of \(user)
    id: \(id)
    description: "\(note)"
    status: test
    logsource:
      product: linux
      service: sshd
    detection:
      selection:
        user: \(user)
      condition: selection
    level: medium

    """
  }

  /// Logins of a user, one a line, as many as `count`.
  static func logins(_ user: String, count: Int, source: String = "198.51.100.7") -> String {
    let time = ISO8601DateFormatter().string(from: Date())
    return (0..<count).map { index in
      #"{"ts":"\#(time)","source_type":"linux.sshd","action":"login","outcome":"success","#
        + #""user":"\#(user)","src_ip":"\#(source)","host":"gate-\#(index)","message":"hello"}"#
    }.joined(separator: "\n")
  }

  func post(_ lines: String) async throws {
    _ = try await send(
      "POST", "/api/events", [("Content-Type", "application/x-ndjson")], body: lines)
  }
}
