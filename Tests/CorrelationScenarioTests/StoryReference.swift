/// What correlation means, told on the author's own terms: it shares no code with `Correlation`, nor with
/// the loader. One pass for each correlation, inner ones first; windows are searched from the start for
/// every moment.
struct StoryReference {
  struct Incident: Hashable {
    let rule: String
    let group: [String: String]
    /// Indices of events.
    let firstFire: Int
    let evidence: Set<Int>
  }

  /// One event in one group of one correlation.
  private struct Item {
    let event: Int
    let ts: Int64
    var positions: Set<Int>
    var texts: [String]
  }

  let story: RandomStory
  /// Rule or correlation → the events at which it is found, each with the fields that it adds there.
  private var moments: [String: [(event: Int, fields: [String: String])]] = [:]
  /// The same for counts, which take a correlation once for each time that it begins to hold.
  private var beginnings: [String: [(event: Int, fields: [String: String])]] = [:]
  private(set) var incidents: Set<Incident> = []

  init(_ story: RandomStory) {
    self.story = story
    for rule in RandomStory.rules {
      moments[rule] = story.events.indices.filter { story.events[$0].matched.contains(rule) }
        .map { ($0, [:]) }
      beginnings[rule] = moments[rule]
      if raises(rule) { addPlain(rule) }
    }
    for correlation in story.correlations { add(correlation) }
  }

  /// No correlation refers to it, or one that does says `generate: true`.
  private func raises(_ name: String) -> Bool {
    let users = story.correlations.filter { $0.rules.contains(name) }
    return users.isEmpty || users.contains { $0.generates }
  }

  private func order(_ left: Int, _ right: Int) -> Bool {
    let (one, other) = (story.events[left].ts, story.events[right].ts)
    return one != other ? one < other : left < right
  }

  private mutating func addPlain(_ rule: String) {
    let events = moments[rule]!.map(\.event).sorted(by: order)
    guard let first = events.first else { return }
    incidents.insert(Incident(rule: rule, group: [:], firstFire: first, evidence: Set(events)))
  }

  private mutating func add(_ correlation: RandomStory.Correlation) {
    let span = correlation.seconds * 1_000_000
    moments[correlation.name] = []
    beginnings[correlation.name] = []
    for (group, items) in groups(correlation).sorted(by: { "\($0.key)" < "\($1.key)" }) {
      let ticks = Set(items.map(\.ts)).sorted()
      var runs: [[Int64]] = []
      var previous: (ts: Int64, holds: Bool)?
      for ts in ticks {
        let holds = holds(at: ts, items, correlation)
        if holds, let previous, previous.holds, ts - previous.ts <= span {
          runs[runs.count - 1].append(ts)
        } else if holds {
          runs.append([ts])
        }
        previous = (ts, holds)
      }
      for run in runs {
        let first = items.filter { $0.ts == run[0] }.map(\.event).max()!
        for item in items where run.contains(item.ts) {
          moments[correlation.name]!.append((item.event, group))
        }
        beginnings[correlation.name]!.append((first, group))
        guard raises(correlation.name) else { continue }
        let evidence = items.filter { item in
          run.contains { window(of: $0, correlation).contains(item.ts) }
        }
        incidents.insert(
          Incident(
            rule: correlation.name, group: group, firstFire: first,
            evidence: Set(evidence.map(\.event))))
      }
    }
  }

  private func groups(_ correlation: RandomStory.Correlation) -> [[String: String]: [Item]] {
    var groups: [[String: String]: [Int: Item]] = [:]
    let isTemporal = correlation.type.hasPrefix("temporal")
    for (position, rule) in correlation.rules.enumerated() {
      for (event, added) in (isTemporal ? moments : beginnings)[rule]! {
        let fields = story.events[event].fields.merging(added) { _, new in new }
        func value(_ name: String) -> String? { fields[correlation.aliases[name]?[rule] ?? name] }
        var group: [String: String] = [:]
        for name in correlation.groupBy { group[name] = value(name)?.lowercased() }
        guard group.count == correlation.groupBy.count else { continue }
        var texts: [String] = []
        if case .comparison(_, let names, _) = correlation.condition {
          texts = names.compactMap { value($0)?.lowercased() }
          guard texts.count == names.count else { continue }
          if ["value_sum", "value_avg", "value_percentile"].contains(correlation.type) {
            guard Double(texts[0]) != nil else { continue }
          }
        }
        let item = Item(
          event: event, ts: story.events[event].ts, positions: [position], texts: texts)
        // An event counts once, with what the first of its rules in the list says.
        groups[group, default: [:]][event, default: item].positions.insert(position)
      }
    }
    return groups.mapValues { Array($0.values) }
  }

  private func asksForAbsence(_ expression: RandomStory.Expression) -> Bool {
    switch expression {
    case .rule: false
    case .not: true
    case .and(let parts), .or(let parts): parts.contains(where: asksForAbsence)
    }
  }

  private func looksAhead(_ correlation: RandomStory.Correlation) -> Bool {
    if case .expression(let expression) = correlation.condition {
      return asksForAbsence(expression)
    }
    return false
  }

  /// Both ends belong to it.
  private func window(
    of ts: Int64, _ correlation: RandomStory.Correlation
  ) -> ClosedRange<Int64> {
    let span = correlation.seconds * 1_000_000
    return looksAhead(correlation) ? ts...(ts + span) : (ts - span)...ts
  }

  private func holds(
    at ts: Int64, _ items: [Item], _ correlation: RandomStory.Correlation
  ) -> Bool {
    let window = window(of: ts, correlation)
    let end = story.events.map(\.ts).max()!
    // Absence is sure once time has moved past the window.
    if looksAhead(correlation), window.upperBound >= end { return false }
    let inside = items.filter { window.contains($0.ts) }
    let present = Set(inside.flatMap { $0.positions.map { correlation.rules[$0] } })
    switch correlation.condition {
    case .expression(let expression): return holds(expression, present)
    case .none where correlation.type == "temporal":
      return present.count >= Set(correlation.rules).count
    case .none:
      return isSequence(inside, correlation.rules.indices, from: .min, used: [])
    case .comparison(let terms, _, let percentile):
      let measured = measure(inside, present, correlation.type, percentile)
      return terms.allSatisfy { compare(measured, $0.0, $0.1) }
    }
  }

  private func holds(_ expression: RandomStory.Expression, _ present: Set<String>) -> Bool {
    switch expression {
    case .rule(let name): present.contains(name)
    case .not(let part): !holds(part, present)
    case .and(let parts): parts.allSatisfy { holds($0, present) }
    case .or(let parts): parts.contains { holds($0, present) }
    }
  }

  private func measure(
    _ inside: [Item], _ present: Set<String>, _ type: String, _ percentile: Int?
  ) -> Double {
    let numbers = inside.compactMap { $0.texts.first.flatMap(Double.init) }.sorted()
    switch type {
    case "event_count": return Double(inside.count)
    case "value_count": return Double(Set(inside.map(\.texts)).count)
    case "value_sum": return numbers.reduce(0, +)
    case "value_avg": return numbers.reduce(0, +) / Double(numbers.count)
    case "value_percentile":
      let rank = Double(numbers.count - 1) * Double(percentile!) / 100
      let low = numbers[Int(rank)]
      let high = numbers[min(Int(rank) + 1, numbers.count - 1)]
      return low + (high - low) * (rank - rank.rounded(.down))
    default: return Double(present.count)
    }
  }

  private func compare(_ left: Double, _ comparison: String, _ right: Double) -> Bool {
    switch comparison {
    case "gt": left > right
    case "gte": left >= right
    case "lt": left < right
    case "lte": left <= right
    case "eq": left == right
    default: left != right
    }
  }

  /// Distinct events, none before the one for the rule ahead of it in the list.
  private func isSequence(
    _ inside: [Item], _ rest: Range<Int>, from ts: Int64, used: Set<Int>
  ) -> Bool {
    guard let position = rest.first else { return true }
    return inside.contains { item in
      item.ts >= ts && item.positions.contains(position) && !used.contains(item.event)
        && isSequence(
          inside, rest.dropFirst(), from: item.ts, used: used.union([item.event]))
    }
  }
}
