internal import AnalyticsStore
internal import Core

extension JSONWriter {
  /// Rules that are named under one technique; all are counted.
  private static var mostRules: Int { 20 }

  mutating func coverageMembers(_ coverage: AttackCoverage) {
    member("as_of", coverage.asOf)
    member("from", coverage.range.from)
    member("to", coverage.range.to)
    member("data_from", coverage.dataFrom)
    object("rules") { json in
      for state in AttackCoverage.State.allCases {
        json.member(state.rawValue, coverage.states[state] ?? 0)
      }
      json.member("untagged", coverage.untagged)
    }
    array("tactics") { json in
      for tactic in coverage.tactics {
        json.object { json in
          json.member("tactic", tactic.name)
          json.member("name", tactic.name.map { AttackTactic.title($0) })
          json.array("techniques") { json in
            for technique in tactic.techniques {
              json.object { $0.techniqueMembers(technique) }
            }
          }
        }
      }
    }
  }

  private mutating func techniqueMembers(_ technique: AttackCoverage.Technique) {
    member("technique", technique.id)
    for state in AttackCoverage.State.allCases {
      member(state.rawValue, technique.count(state))
    }
    member("detections", technique.detections)
    member("incidents", technique.incidents)
    let order = AttackCoverage.State.allCases
    let rules = order.flatMap { state in technique.rules.filter { $0.state == state } }
    array("rules") { json in
      for rule in rules.prefix(Self.mostRules) {
        json.object { json in
          json.member("id", rule.id)
          json.member("title", rule.title)
          json.member("state", rule.state.rawValue)
        }
      }
    }
  }
}
