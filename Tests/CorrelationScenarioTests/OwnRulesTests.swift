import Core
import Correlation
import Foundation
import Sigma
import SigmaYAML
import Testing

/// The rules of `ops/rules` against the records beside them (`ops/rules/README.md`): what must raise an
/// incident does, and what must not does not.
@Suite(.enabled(if: SharedData.hasRules, "ops/rules is absent"))
struct OwnRulesTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let file: String
    let rule: String
    let name: String
    let raises: Bool
    /// JSON.
    let events: Data
    var testDescription: String { "\(file): \(name)" }
  }

  static let cases: [Case] = {
    do {
      let folder = "\(SharedData.rules)/tests"
      return try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        .filter { $0.hasSuffix(".json") }
        .flatMap { try cases(of: $0, in: folder) }
    } catch {
      Issue.record("the test events cannot be read: \(error)")
      return []
    }
  }()

  private static func cases(of file: String, in folder: String) throws -> [Case] {
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(file)"))
    let root = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let rule = try #require(root["rule"] as? String)
    return try (root["cases"] as? [[String: Any]] ?? []).map { source in
      Case(
        file: file, rule: rule, name: source["name"] as? String ?? "",
        raises: source["expect"] as? String == "incident",
        events: try JSONSerialization.data(withJSONObject: source["events"] ?? []))
    }
  }

  static let loaded = RuleLoader().load(paths: [SharedData.rules])

  @Test func everyRuleLoads() {
    #expect(Self.loaded.refusals.isEmpty, "\(Self.loaded.refusals)")
    #expect(!Self.loaded.set.correlations.isEmpty)
    #expect(CorrelationPlanSet(Self.loaded.set).refusals.isEmpty)
    #expect(Self.cases.count >= 20)
  }

  @Test(arguments: cases)
  func testEvents(_ example: Case) throws {
    let set = Self.loaded.set
    let id = try #require(
      set.rules.first { $0.name == example.rule }?.id
        ?? set.correlations.first { $0.name == example.rule }?.id,
      "no rule has the name \(example.rule)")
    var run = RuleRun(set)
    for event in try expand(example.events) {
      switch event.content {
      case .record(let record):
        try run.add(record: record, sourceType: event.sourceType, receivedAt: event.ts)
      case .text(let text):
        try run.add(text: text, sourceType: event.sourceType, receivedAt: event.ts)
      }
    }
    let raised = run.incidents().contains { $0.plan.ruleID == id }
    #expect(raised == example.raises)
  }

  private struct Event {
    enum Content {
      /// JSON.
      case record(String)
      case text(String)
    }

    let ts: Timestamp
    let content: Content
    let sourceType: String?
  }

  private func expand(_ data: Data) throws -> [Event] {
    let start = try #require(Timestamp("2026-01-05T08:00:00Z"))
    var events: [Event] = []
    for entry in try JSONSerialization.jsonObject(with: data) as? [[String: Any]] ?? [] {
      let at = (entry["at"] as? NSNumber)?.doubleValue ?? 0
      let every = (entry["every"] as? NSNumber)?.doubleValue ?? 0
      let from = entry["from"] as? Int ?? 0
      for index in 0..<(entry["repeat"] as? Int ?? 1) {
        let ts = start.advanced(byMicroseconds: Int64((at + every * Double(index)) * 1e6))
        let sourceType = entry["source_type"] as? String
        let content: Event.Content
        if let text = entry["text"] as? String {
          content = .text(fill(text, ts, number: from + index))
        } else {
          let record = fill(any: entry["record"] ?? [:], ts, number: from + index)
          let json = try JSONSerialization.data(withJSONObject: record)
          content = .record(String(decoding: json, as: UTF8.self))
        }
        events.append(Event(ts: ts, content: content, sourceType: sourceType))
      }
    }
    return events.enumerated().sorted { ($0.element.ts, $0.offset) < ($1.element.ts, $1.offset) }
      .map(\.element)
  }

  /// Fills in the times and numbers in every string.
  private func fill(any value: Any, _ ts: Timestamp, number: Int) -> Any {
    switch value {
    case let text as String: fill(text, ts, number: number)
    case let list as [Any]: list.map { fill(any: $0, ts, number: number) }
    case let map as [String: Any]: map.mapValues { fill(any: $0, ts, number: number) }
    default: value
    }
  }

  private func fill(_ text: String, _ ts: Timestamp, number: Int) -> String {
    let clock = ts.description.dropFirst(11).prefix(8)
    let day = ts.date.day
    return
      text
      .replacingOccurrences(of: "{time}", with: ts.description)
      .replacingOccurrences(of: "{syslog}", with: "Jan \(day < 10 ? " " : "")\(day) \(clock)")
      .replacingOccurrences(
        of: "{clf}", with: "\(day < 10 ? "0" : "")\(day)/Jan/2026:\(clock) +0000"
      )
      .replacingOccurrences(of: "{n}", with: "\(number)")
  }
}
