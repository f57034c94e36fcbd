import Core
import Normalization
import RuleStore

@testable import Rulebook

/// Makes documents, records and events for tests.
enum Book {
  static let organization = OrganizationID(7)
  static let sources = LogSourceSet([
    LogSource(product: "linux"), LogSource(product: "linux", service: "sshd"),
  ])
  static let arrival = Timestamp(microseconds: 1_000_000_000)

  /// A rule with one line a search, such as `user: root`.
  static func rule(
    _ id: String, level: String = "medium", _ lines: String..., name: String? = nil
  ) -> String {
    """
    title: rule \(id)
    id: \(id)
    \(name.map { "name: \($0)\n" } ?? "")level: \(level)
    logsource:
      product: linux
    detection:
      selection:
    \(lines.map { "    \($0)" }.joined(separator: "\n"))
      condition: selection

    """
  }

  static func correlation(
    _ id: String, of rules: [String], by groups: [String] = ["user"], level: String = "high",
    generate: Bool = false
  ) -> String {
    """
    title: correlation \(id)
    id: \(id)
    level: \(level)
    correlation:
      type: temporal
      rules: [\(rules.joined(separator: ", "))]
      group-by: [\(groups.joined(separator: ", "))]
      timespan: 60s
      generate: \(generate)

    """
  }

  /// A filter that takes away what its line says.
  static func filter(_ id: String, of rules: [String], _ line: String) -> String {
    """
    title: filter \(id)
    id: \(id)
    logsource:
      product: linux
    filter:
      rules: \(rules.isEmpty ? "any" : "[\(rules.joined(separator: ", "))]")
      selection:
        \(line)
      condition: selection

    """
  }

  static func record(
    _ source: String, version: Int32 = 1, mode: RuleMode = .enabled, isBase: Bool = false
  ) -> RuleRecord {
    let lines = source.split(separator: "\n")
    func value(_ key: String) -> String? {
      lines.first { $0.hasPrefix(key) }.map { String($0.dropFirst(key.count)) }
    }
    let kind: RuleKind =
      source.contains("\ncorrelation:")
      ? .correlation : source.contains("\nfilter:") ? .filter : .detection
    return RuleRecord(
      id: value("id: ") ?? "", version: version, kind: kind, mode: mode, isBase: isBase,
      title: value("title: ") ?? "", level: value("level: ") ?? "", source: source,
      createdAt: arrival, createdBy: "test")
  }

  static func base(_ sources: String..., revision: Int64 = 1) -> BaseRules {
    BaseRules(revision: revision, rules: sources.map { record($0, isBase: true) })
  }

  static func own(
    _ records: RuleRecord..., revision: Int64 = 2, modes: [String: RuleMode] = [:],
    exceptions: [RuleException] = []
  ) -> OrganizationRules {
    OrganizationRules(
      organization: organization, revision: revision, rules: records, baseModes: modes,
      exceptions: exceptions)
  }

  static func event(
    _ fields: [(String, String)], sources: LogSourceSet = Self.sources
  ) -> NormalizedEvent {
    var event = NormalizedEvent()
    for (name, value) in fields {
      event.fields.append(name: name, value: value)
      switch name {
      case "user": event.columns.user = value
      case "host": event.columns.host = value
      case "src_ip": event.columns.srcIP = IPAddress(value)
      case "dst_ip": event.columns.dstIP = IPAddress(value)
      default: break
      }
    }
    event.fields.logSources = sources
    return event
  }
}

extension CompiledRules {
  func hits(
    _ event: NormalizedEvent, receivedAt: Timestamp = Book.arrival
  ) -> [DetectionHit] {
    var scratch = DetectorScratch()
    return detector.hits(event, receivedAt: receivedAt, scratch: &scratch)
  }

  func hitIDs(_ fields: (String, String)...) -> [String] {
    hits(Book.event(fields)).map(\.ruleID).sorted()
  }
}

extension Detector {
  func hits(
    _ event: NormalizedEvent, receivedAt: Timestamp = Book.arrival,
    scratch: inout DetectorScratch
  ) -> [DetectionHit] {
    var hits: [DetectionHit] = []
    detect(event, row: 0, receivedAt: receivedAt, scratch: &scratch, into: &hits)
    return hits
  }
}
