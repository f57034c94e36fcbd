import Core
import NIOHTTP1

/// Sends a story through the public ingest endpoint and prints the incidents as they are raised.
struct StoryReplay {
  let story: Story
  let api: APIClient
  let terminal: Terminal

  /// Requests that the story is sent in.
  private static let requestCount = 40
  /// How long the replay takes, so that one can watch it.
  private static let span = Duration.seconds(4)
  /// How long to wait for the last incidents once everything is sent.
  private static let patience = Duration.seconds(3)

  /// The story ends now: its records are dated back by its own length.
  func run() async throws {
    let start = Timestamp.now.advanced(byMicroseconds: -story.duration)
    var printed = IncidentPrinter(api: api, terminal: terminal, since: .now)
    let size = max(1, (story.lines.count + Self.requestCount - 1) / Self.requestCount)
    var stored = 0
    for first in stride(from: 0, to: story.lines.count, by: size) {
      let range = first..<min(first + size, story.lines.count)
      stored += try await send(try story.body(range, start: start))
      try await printed.printNew()
      terminal.progress("replaying the attack", range.upperBound, of: story.lines.count)
      try await Task.sleep(for: Self.span / Self.requestCount)
    }
    terminal.endProgress()
    let deadline = ContinuousClock.now + Self.patience
    while ContinuousClock.now < deadline {
      try await printed.printNew()
      try await Task.sleep(for: .milliseconds(200))
    }
    terminal.say(
      "  \(terminal.styled("✓", .green)) replayed \(stored) events, \(printed.count) incidents raised"
    )
  }

  private struct Receipt: Decodable {
    var stored: Int
    var quarantined: Int
  }

  private func send(_ body: [UInt8]) async throws -> Int {
    let response = try await api.send(
      .POST, "/api/events", headers: [("Content-Type", "application/x-ndjson")], body: body)
    guard response.status == 200 else {
      throw CommandError(.bug, "the replay was refused (\(response.status)): \(response.text)")
    }
    return try SnakeJSON.decode(response.body, as: Receipt.self).stored
  }
}

/// Prints each incident once.
struct IncidentPrinter {
  private struct Page: Decodable {
    struct Incident: Decodable {
      var id: String
      var number: String
      var severity: String
      var status: String
      var title: String
      var srcIp: String?
      var eventCount: Int
    }

    var incidents: [Incident]
  }

  private let api: APIClient
  private let terminal: Terminal
  private let since: Timestamp
  private var seen: Set<String> = []

  var count: Int { seen.count }

  init(api: APIClient, terminal: Terminal, since: Timestamp) {
    self.api = api
    self.terminal = terminal
    self.since = since
  }

  mutating func printNew() async throws {
    let response = try await api.send(.GET, "/api/incidents?updated_since=\(since)&limit=200")
    guard response.status == 200 else {
      throw CommandError(
        .bug, "the incident list was refused (\(response.status)): \(response.text)")
    }
    let page = try SnakeJSON.decode(response.body, as: Page.self)
    for incident in page.incidents.reversed() where incident.status != "merged" {
      guard seen.insert(incident.id).inserted else { continue }
      terminal.say("  \(mark(incident.severity)) \(line(incident))")
    }
  }

  private func line(_ incident: Page.Incident) -> String {
    let number = terminal.styled(padded(incident.number, 6), .bold)
    let source = incident.srcIp.map { "  \($0)" } ?? ""
    return "\(number) \(padded(incident.severity, 8)) \(incident.title)\(source)"
  }

  private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private func mark(_ severity: String) -> String {
    switch severity {
    case "critical", "high": terminal.styled("!", .red)
    case "medium": terminal.styled("!", .yellow)
    default: terminal.styled("·", .dim)
    }
  }
}
