import ArgumentParser
import Core
import NIOHTTP1
import SigmaYAML

extension RuleCommand {
  struct Test: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Run a rule over stored events and say what it would have raised.",
      discussion: "Nothing is changed. Times are such as 2026-11-21T05:30:00Z.")
    @OptionGroup var service: ServiceOptions
    @OptionGroup var output: OutputOptions
    @Option(help: "The beginning of the range; a day before its end otherwise.")
    var from: String?
    @Option(help: "The end of the range; now otherwise.")
    var to: String?
    @Option(help: "A version of the rule to compare with.")
    var against: Int?
    @Option(help: "Only events of this source type.")
    var sourceType: String?
    @Option(help: "Which rule of the file to test, if it holds several.")
    var id: String?
    @Argument(help: "A file of Sigma YAML, or the id of a rule that is stored.")
    var rule: String

    func run() async throws {
      let client = try service.client()
      let (id, source) = try subject()
      let end = try time("--to", to) ?? .now
      let start = try time("--from", from) ?? end.advanced(byMicroseconds: -86_400_000_000)
      let body = try SnakeJSON.encode(
        RuleTestRequest(
          from: start.description, to: end.description, source: source, againstVersion: against,
          sourceType: sourceType))
      let terminal = Terminal()
      var report: RuleTestReport?
      try await client.lines(
        .POST, RulePath.of(id) + "/test", headers: [("Content-Type", "application/json")],
        body: body
      ) { text in
        let line = try SnakeJSON.decode(text.utf8, as: RuleTestLine.self)
        if let progress = line.progress {
          terminal.progress("testing \(id)", progress.events, of: progress.ofEstimated ?? 0)
        }
        if let error = line.error { throw error.error(error.status ?? 500) }
        guard let last = line.report else { return }
        terminal.endProgress()
        report = last
        print(output.json ? text : last.text(of: id))
      }
      guard report != nil else { throw CommandError(.bug, "the service sent no report") }
    }

    private func time(_ option: String, _ text: String?) throws -> Timestamp? {
      guard let text else { return nil }
      guard let time = Timestamp(text) else {
        throw CommandError(.usage, "\(option) must be a time such as 2026-11-21T05:30:00Z")
      }
      return time
    }

    /// The rule's id, and its text if it comes from a file.
    private func subject() throws -> (id: String, source: String?) {
      guard FileText.exists(rule) else { return (rule, nil) }
      let text = try FileText.read(rule, limit: 1 << 20)
      let (documents, refusals) = RuleLoader().separate(text: text, file: rule)
      guard refusals.isEmpty else {
        throw CommandError(.found, refusals.map { "\($0)" }.joined(separator: "\n"))
      }
      if let id { return (id, text) }
      guard documents.count == 1 else {
        throw CommandError(
          .usage, "\(rule) holds \(documents.count) rules: say which to test by --id")
      }
      return (documents[0].id, text)
    }
  }
}

private struct RuleTestRequest: Encodable {
  var from: String
  var to: String
  var source: String?
  var againstVersion: Int?
  var sourceType: String?
}

/// One line of the answer.
struct RuleTestLine: Decodable {
  struct Progress: Decodable {
    var events: Int
    var ofEstimated: Int?
  }

  var progress: Progress?
  var report: RuleTestReport?
  var error: ServiceProblem?
}

/// What of a report is printed for people.
struct RuleTestReport: Decodable {
  struct Events: Decodable {
    var read: Int
    var matched: Int
    var unreadable: Int
  }

  struct Total: Decodable {
    var total: Int
  }

  struct Incidents: Decodable {
    struct Item: Decodable {
      var title: String
      var severity: String
      var group: [String: String]
      var eventCount: Int
    }

    var total: Int
    var items: [Item]
  }

  struct Comparison: Decodable {
    var version: Int?
    var gained: Total
    var lost: Total
    var kept: Total
  }

  var complete: Bool
  var cutBy: String?
  var from: String
  var through: String
  var events: Events
  var detections: Total
  var incidents: Incidents
  var comparison: Comparison?

  func text(of id: String) -> String {
    var lines = [
      "\(id)\t\(from) to \(through)\(complete ? "" : " (cut by \(cutBy ?? "a limit"))")",
      "events\t\(events.read) read, \(events.matched) matched, \(events.unreadable) unreadable",
      "detections\t\(detections.total)",
      "incidents\t\(incidents.total)",
    ]
    for item in incidents.items.prefix(20) {
      let group = item.group.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
      lines.append(
        "\t\(item.severity)\t\(item.title)\t\(group.joined(separator: " "))\t\(item.eventCount) events"
      )
    }
    if let comparison {
      let version = comparison.version.map { "version \($0)" } ?? "before"
      lines.append(
        "against \(version)\t\(comparison.gained.total) gained, \(comparison.lost.total) lost, "
          + "\(comparison.kept.total) kept")
    }
    return lines.joined(separator: "\n")
  }
}
