internal import Compression
internal import Foundation
internal import ServiceHarness

/// Plays one scenario and lists what was not as promised.
struct ScenarioRunner {
  private static let attempts = 100

  let installation: Installation
  private var variables: Variables

  init(installation: Installation, variables: Variables) {
    self.installation = installation
    self.variables = variables
  }

  /// - Returns: the first failing step's differences; empty if the promise is kept.
  mutating func play(_ scenario: Scenario) async throws -> [String] {
    for (index, step) in scenario.steps.enumerated() {
      let differences = try await play(step)
      guard differences.isEmpty else {
        return differences.map { "step \(index + 1) (\(Self.title(step))): \($0)" }
      }
    }
    return []
  }

  private mutating func play(_ step: ScenarioStep) async throws -> [String] {
    var differences = try await playOnce(step)
    for _ in 0..<Self.attempts where step.eventually == true && !differences.isEmpty {
      try await Task.sleep(for: .milliseconds(200))
      differences = try await playOnce(step)
    }
    return differences
  }

  private mutating func playOnce(_ step: ScenarioStep) async throws -> [String] {
    if let query = step.sql {
      let rows = try await installation.database.rows(variables.fill(query))
      let expected = try (step.rows ?? []).map { try $0.map(variables.fill) }
      return rows == expected ? [] : ["\(rows) instead of \(expected)"]
    }
    let answer = try await answer(to: step)
    let differences = try Expectation(step: step, variables: variables).differences(of: answer)
    if differences.isEmpty, let response = answer { try save(step, response) }
    return differences
  }

  /// Nil where the service closed the connection without an answer.
  private func answer(to step: ScenarioStep) async throws -> HTTPResponse? {
    let bytes = try await onOwnThread { [variables] in try Self.bytes(of: step, variables) }
    let mayBeClosed = step.status?.codes.contains(ExpectedStatus.closed) ?? false
    let isHead = step.request?.hasPrefix("HEAD ") ?? false
    let finishes = step.finish ?? false
    let port = installation.port
    return try await onOwnThread {
      let connection = try HTTPConnection(port: port)
      // A refusal may come, and the connection be closed, before all is sent: the answer counts.
      let sent = Result { try connection.send(bytes) }
      if finishes, case .success = sent { connection.finishSending() }
      do {
        return try connection.readResponse(hasBody: !isHead)
      } catch {
        if mayBeClosed { return nil }
        try sent.get()
        throw error
      }
    }
  }

  private static func bytes(of step: ScenarioStep, _ variables: Variables) throws -> [UInt8] {
    if let raw = step.raw {
      var bytes: [UInt8] = []
      for piece in raw { try piece.forEachChunk(variables) { bytes += $0 } }
      return bytes
    }
    let words = try variables.fill(step.request ?? "").split(separator: " ", maxSplits: 1)
    guard words.count == 2 else { throw ScenarioError("a request is a method and a target") }
    var headers = try (step.headers ?? [:]).map { (name: $0, value: try variables.fill($1)) }
    if let name = step.by {
      guard let credential = variables[name] else { throw ScenarioError("no credential \(name)") }
      headers.append(("Authorization", "Bearer \(credential)"))
    }
    let hasType = headers.contains { $0.name.lowercased() == "content-type" }
    if step.json != nil, !hasType { headers.append(("Content-Type", "application/json")) }
    if step.gzip == true { headers.append(("Content-Encoding", "gzip")) }
    let body = try body(of: step, variables)
    return HTTPRequest(String(words[0]), String(words[1]), headers: headers, body: body).bytes
  }

  private static func body(of step: ScenarioStep, _ variables: Variables) throws -> [UInt8] {
    var body: [UInt8] = []
    guard step.gzip == true else {
      try forEachChunk(of: step, variables) { body += $0 }
      return body
    }
    let encoder = try GzipEncoder(level: 9)
    try forEachChunk(of: step, variables) { try encoder.encode($0, into: &body) }
    try encoder.finish(into: &body)
    return body
  }

  private static func forEachChunk(
    of step: ScenarioStep, _ variables: Variables, _ take: ([UInt8]) throws -> Void
  ) throws {
    if let json = step.json { try take(json.mapStrings(variables.fill).bytes) }
    for piece in step.body ?? [] { try piece.forEachChunk(variables, take) }
  }

  private mutating func save(_ step: ScenarioStep, _ response: HTTPResponse) throws {
    for (name, place) in step.save ?? [:] {
      if place.hasPrefix("header:") {
        variables[name] = response.header(String(place.dropFirst(7)))
      } else {
        variables[name] = try Self.text(JSONValue(parsing: response.body).at(place))
      }
      guard let value = variables[name] else { throw ScenarioError("nothing at \(place) to save") }
      if place.hasSuffix("_token") || place == "/secret" { LogSearch.remember(value) }
    }
  }

  private static func text(_ value: JSONValue?) throws -> String? {
    switch value {
    case nil: nil
    case .string(let text): text
    case let value?: String(decoding: try value.bytes, as: UTF8.self)
    }
  }

  private static func title(_ step: ScenarioStep) -> String {
    step.request ?? step.sql ?? "raw"
  }
}
