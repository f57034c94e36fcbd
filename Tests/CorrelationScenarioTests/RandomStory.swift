import Core
import Sigma

/// Random correlation rules as their author writes them, and random events, dense enough for windows to
/// touch at their very ends.
struct RandomStory {
  indirect enum Expression {
    case rule(String)
    case not(Expression)
    case and([Expression])
    case or([Expression])
  }

  enum Condition {
    case comparison([(String, Double)], fields: [String], percentile: Int?)
    case expression(Expression)
    /// None, as temporal types allow.
    case none
  }

  struct Correlation {
    var name: String
    var type: String
    /// Names; the text may have an id in their place.
    var rules: [String]
    var groupBy: [String]
    var seconds: Int64
    var condition: Condition
    /// Alias → rule → field.
    var aliases: [String: [String: String]]
    var generates: Bool
  }

  struct Event {
    var ts: Int64
    var matched: Set<String>
    var fields: [String: String]
  }

  var correlations: [Correlation] = []
  var events: [Event] = []
  static let rules = ["a", "b", "c"]

  init(_ random: inout some RandomNumberGenerator) {
    correlations.append(Self.correlation("inner", of: Self.rules, &random))
    if Self.chance(50, &random) {
      correlations.append(
        Self.correlation("outer", of: Self.rules + ["inner"], must: "inner", &random))
    }
    if correlations.count == 2, Self.chance(30, &random) {
      var last = Self.correlation("outermost", of: ["b", "outer", "inner"], must: "outer", &random)
      // An alias of the inner one is no field of the events.
      last.groupBy = last.groupBy.map { $0 == "who" ? "other" : $0 }
      if case .comparison(let terms, ["who"], nil) = last.condition {
        last.condition = .comparison(terms, fields: ["other"], percentile: nil)
      }
      correlations.append(last)
    }
    let length = Int64.random(in: 5...50, using: &random)
    for _ in 0..<Int.random(in: 1...30, using: &random) {
      let seconds = Int64.random(in: 0...length, using: &random)
      let shift = Self.chance(30, &random) ? Int64.random(in: -1...1, using: &random) : 0
      var event = Event(ts: max(0, seconds * 1_000_000 + shift), matched: [], fields: [:])
      event.matched = Set(Self.rules.filter { _ in Self.chance(45, &random) })
      for (name, values) in [
        "user": ["x", "X", "y"], "host": ["h", "k"], "other": ["x", "Y", "z"],
        "n": ["1", "2", "2.5", "30", "-4", "n/a", ""], "m": ["1", "A", "a"],
      ].sorted(by: { $0.key < $1.key }) where Self.chance(90, &random) {
        event.fields[name] = values.randomElement(using: &random)
      }
      events.append(event)
    }
  }

  private static func chance(_ percent: Int, _ random: inout some RandomNumberGenerator) -> Bool {
    Int.random(in: 0..<100, using: &random) < percent
  }

  private static func correlation(
    _ name: String, of rules: [String], must: String? = nil,
    _ random: inout some RandomNumberGenerator
  ) -> Correlation {
    var chosen = rules.filter { _ in chance(60, &random) }
    if let must, !chosen.contains(must) { chosen.append(must) }
    if chosen.isEmpty { chosen = [rules[0]] }
    chosen.shuffle(using: &random)
    let types = [
      "event_count", "value_count", "value_sum", "value_avg", "value_percentile", "temporal",
      "temporal", "temporal_ordered",
    ]
    let type = types.randomElement(using: &random)!
    if type == "temporal_ordered", chance(30, &random) { chosen.append(chosen[0]) }
    let groups: [[String]] = [[], ["user"], ["host", "user"], ["who"], ["who", "host"]]
    var result = Correlation(
      name: name, type: type, rules: chosen, groupBy: groups.randomElement(using: &random)!,
      seconds: Int64.random(in: 1...12, using: &random), condition: .none, aliases: [:],
      generates: chance(20, &random))
    if result.groupBy.contains("who") {
      for rule in Set(chosen).sorted() where chance(85, &random) {
        result.aliases["who", default: [:]][rule] = ["user", "other"].randomElement(using: &random)
      }
    }
    result.condition = condition(type, Set(chosen).sorted(), &random)
    return result
  }

  private static func condition(
    _ type: String, _ rules: [String], _ random: inout some RandomNumberGenerator
  ) -> Condition {
    func terms(_ range: ClosedRange<Int>) -> [(String, Double)] {
      let value = Double(Int.random(in: range, using: &random))
      if chance(20, &random) { return [("gte", value), ("lt", value + 3)] }
      let names = ["gte", "gte", "gte", "gt", "lt", "lte", "eq", "neq"]
      return [(names.randomElement(using: &random)!, value)]
    }
    switch type {
    case "event_count": return .comparison(terms(1...5), fields: [], percentile: nil)
    case "value_count":
      let fields = [["n"], ["m"], ["n", "m"], ["who"]].randomElement(using: &random)!
      return .comparison(terms(1...4), fields: fields, percentile: nil)
    case "value_sum": return .comparison(terms(-5...60), fields: ["n"], percentile: nil)
    case "value_avg": return .comparison(terms(-2...15), fields: ["n"], percentile: nil)
    case "value_percentile":
      let rank = [0, 25, 50, 75, 100].randomElement(using: &random)!
      return .comparison(terms(0...20), fields: ["n"], percentile: rank)
    case "temporal":
      switch Int.random(in: 0...2, using: &random) {
      case 0: return .none
      case 1: return .comparison(terms(1...rules.count), fields: [], percentile: nil)
      default:
        var leaves = rules.map { chance(35, &random) ? Expression.not(.rule($0)) : .rule($0) }
        // Absence alone can't hold.
        leaves[0] = .rule(rules[0])
        if leaves.count > 2, chance(50, &random) {
          return .expression(.and([leaves[0], .or(Array(leaves[1...]))]))
        }
        return .expression(chance(60, &random) ? .and(leaves) : .or(leaves))
      }
    default: return .none
    }
  }
}
