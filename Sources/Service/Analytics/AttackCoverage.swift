internal import AnalyticsStore
internal import Core
internal import RuleStore
internal import Rulebook
internal import Sigma

/// Which of ATT&CK's techniques the rules of an organization cover, and which of them were seen.
struct AttackCoverage: Sendable {
  /// What a rule can do now.
  enum State: String, CaseIterable, Sendable {
    /// It runs, and events of its log sources arrive.
    case armed
    /// It runs, but no event of its log sources came lately.
    case inert
    /// It runs without raising incidents.
    case shadow
    case disabled
    /// It does not run, since something is wrong with it.
    case refused
  }

  struct Rule: Sendable {
    let id: String
    let title: String
    let state: State
    let attack: AttackTags

    init(id: String, title: String, state: State, attack: AttackTags) {
      self.id = id
      self.title = title
      self.state = state
      self.attack = attack
    }

    /// - Parameter hasData: whether events of its log sources came lately.
    init(_ listing: RuleListing, hasData: Bool) {
      let state: State =
        switch listing.record.mode {
        case .disabled: .disabled
        case _ where listing.refusal != nil: .refused
        case .shadow: .shadow
        case .enabled: hasData ? .armed : .inert
        }
      self.init(
        id: listing.record.id, title: listing.record.title, state: state,
        attack: AttackTags(tags: listing.tags))
    }
  }

  /// A technique as it stands under one tactic.
  struct Technique: Sendable {
    let id: String
    fileprivate(set) var rules: [Rule] = []
    /// Of the rules that cover it, within the range.
    fileprivate(set) var detections: Int64 = 0
    /// Incidents of the range that name it, under whatever tactic.
    fileprivate(set) var incidents: Int64 = 0

    func count(_ state: State) -> Int {
      rules.count { $0.state == state }
    }
  }

  struct Tactic: Sendable {
    /// ATT&CK's short name; nil holds what no rule puts under a tactic.
    let name: String?
    /// By id.
    let techniques: [Technique]
  }

  let tactics: [Tactic]
  /// All rules and correlations, by state.
  let states: [State: Int]
  /// Those whose tags name no technique.
  let untagged: Int
  let range: SummaryRange
  let dataFrom: Timestamp
  let asOf: Timestamp

  /// - Parameters:
  ///   - detections: by rule.
  ///   - incidents: by technique.
  init(
    rules: [Rule], detections: [String: Int64], incidents: [String: Int64], range: SummaryRange,
    dataFrom: Timestamp, asOf: Timestamp
  ) {
    var found: [String?: [String: Technique]] = [:]
    for rule in rules {
      let names: [String?] = rule.attack.tactics.isEmpty ? [nil] : rule.attack.tactics
      for name in names {
        for id in rule.attack.techniques {
          var technique = found[name]?[id] ?? Technique(id: id)
          technique.rules.append(rule)
          technique.detections += detections[rule.id] ?? 0
          technique.incidents = incidents[id] ?? 0
          found[name, default: [:]][id] = technique
        }
      }
    }
    let covered = Set(rules.flatMap(\.attack.techniques))
    for (id, count) in incidents where !covered.contains(id) {
      var technique = Technique(id: id)
      technique.incidents = count
      found[.none, default: [:]][id] = technique
    }
    tactics =
      AttackTactic.ordered(found.keys.compactMap(\.self)).map { name in
        Tactic(name: name, techniques: Self.sorted(found[name]))
      }
      + (found[.none] == nil ? [] : [Tactic(name: nil, techniques: Self.sorted(found[.none]))])
    states = Dictionary(grouping: rules, by: \.state).mapValues(\.count)
    untagged = rules.count { $0.attack.techniques.isEmpty }
    self.range = range
    self.dataFrom = dataFrom
    self.asOf = asOf
  }

  private static func sorted(_ techniques: [String: Technique]?) -> [Technique] {
    (techniques ?? [:]).values.sorted { $0.id < $1.id }
  }
}

/// The tactics of ATT&CK's enterprise matrix, in its order (attack.mitre.org, version 19, which has
/// stealth and defense impairment where earlier ones had defense evasion).
enum AttackTactic {
  static let all = [
    "reconnaissance", "resource-development", "initial-access", "execution", "persistence",
    "privilege-escalation", "stealth", "defense-impairment", "credential-access", "discovery",
    "lateral-movement", "collection", "command-and-control", "exfiltration", "impact",
  ]
  private static let former = "defense-evasion"

  /// All of them in the matrix's order, the former one where it is used, and then unknown ones.
  static func ordered(_ used: [String]) -> [String] {
    var names = all
    if used.contains(former), let place = names.firstIndex(of: "stealth") {
      names.insert(former, at: place)
    }
    return names + used.filter { !names.contains($0) }.sorted()
  }

  /// `command-and-control` is called "Command and Control".
  static func title(_ name: String) -> String {
    name.split(separator: "-").map { word in
      word == "and" ? "and" : word.prefix(1).uppercased() + word.dropFirst()
    }.joined(separator: " ")
  }
}
