import Core
import Correlation
import Foundation
import Sigma
import SigmaYAML
import Testing
import Yams

/// The scenarios that describe what correlation means, each with the answers of other engines.
@Suite(.enabled(if: SharedData.hasScenarios, "shared data is absent"))
struct ScenarioTests {
  struct Scenario: Sendable, CustomTestStringConvertible {
    let id: String
    let title: String
    let rules: String
    let events: [[String: String]]
    let expected: Expected
    var testDescription: String { "\(id) \(title)" }
  }

  struct Expected: Sendable {
    var isRefused = false
    var incidents: Set<Incident> = []
  }

  struct Incident: Sendable, Hashable {
    let group: [String: String]
    let firstFire: Int
    /// Nil where the scenario does not say.
    let count: Int?
  }

  static let scenarios: [Scenario] = {
    guard SharedData.hasScenarios else { return [] }
    do {
      let text = try String(contentsOfFile: SharedData.scenarios, encoding: .utf8)
      let root = try Yams.load(yaml: text) as? [String: Any]
      return try (root?["scenarios"] as? [[String: Any]] ?? []).map(scenario)
    } catch {
      Issue.record("the scenarios cannot be read: \(error)")
      return []
    }
  }()

  private static func scenario(_ source: [String: Any]) throws -> Scenario {
    let rules = try (source["rules"] as? [[String: Any]] ?? []).map { try Yams.dump(object: $0) }
    let events = (source["events"] as? [[String: Any]] ?? []).map { event in
      event.mapValues { ($0 as? String) ?? "\($0)" }
    }
    let expected = source["expected"] as? [String: Any] ?? [:]
    let incidents = (expected["incidents"] as? [[String: Any]] ?? []).map { incident in
      Incident(
        group: (incident["group"] as? [String: Any] ?? [:]).mapValues { "\($0)".lowercased() },
        firstFire: incident["first_fire_event"] as? Int ?? -1,
        count: incident["final_event_count"] as? Int)
    }
    return Scenario(
      id: source["id"] as? String ?? "", title: source["title"] as? String ?? "",
      rules: rules.joined(separator: "\n---\n"), events: events,
      expected: Expected(
        isRefused: expected["load_error"] as? Bool ?? false, incidents: Set(incidents)))
  }

  @Test func thereAreScenarios() {
    #expect(Self.scenarios.count >= 25)
  }

  @Test(arguments: scenarios)
  func scenario(_ scenario: Scenario) throws {
    let loaded = RuleLoader().load(text: scenario.rules, file: scenario.id)
    let plans = CorrelationPlanSet(loaded.set)
    guard !scenario.expected.isRefused else {
      #expect(!loaded.refusals.isEmpty || !plans.refusals.isEmpty)
      return
    }
    #expect(loaded.refusals.isEmpty, "\(loaded.refusals)")
    #expect(plans.refusals.isEmpty, "\(plans.refusals)")
    var run = RuleRun(loaded.set)
    let sources = LogSourceSet([LogSource(category: "test")])
    for event in scenario.events {
      var fields = EventFields()
      fields.logSources = sources
      for (name, value) in event where name != "time" { fields.append(name: name, value: value) }
      let ts = try #require(event["time"].flatMap { Timestamp($0) })
      run.add(fields, at: ts)
    }
    let found = run.incidents().map { incident in
      Incident(
        group: Dictionary(uniqueKeysWithValues: incident.group.map { ($0.name, $0.value) }),
        firstFire: Int(incident.firstFire.id.low), count: incident.evidence.count)
    }
    let compared = found.map { incident in
      let asked = scenario.expected.incidents.first {
        $0.group == incident.group && $0.firstFire == incident.firstFire
      }
      return Incident(
        group: incident.group, firstFire: incident.firstFire,
        count: asked?.count == nil ? nil : incident.count)
    }
    #expect(Set(compared) == scenario.expected.incidents)
    #expect(compared.count == scenario.expected.incidents.count)
  }
}
