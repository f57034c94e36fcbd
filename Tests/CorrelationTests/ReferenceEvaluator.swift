import Core

@testable import Correlation

/// The definition of correlation, word by word and without regard to cost: one sorted pass.
struct ReferenceEvaluator {
  struct Occurrence {
    let detection: Detection
    var steps: Set<Int>
    var key: EventKey { detection.key }
    var ts: Int64 { detection.ts.microseconds }
  }

  let plans: CorrelationPlanSet

  func outcomes(_ detections: [Detection]) -> Set<Outcome> {
    var outcomes: Set<Outcome> = []
    for family in plans.families {
      var all = detections
      for plan in family.plans {
        let ownAll = all
        for (group, occurrences) in groups(ownAll, plan) {
          let ticks = Set(occurrences.map(\.ts)).sorted()
          let runs = self.runs(ticks.filter { holds($0, occurrences, plan) }, ticks, plan.timespan)
          let firing = ticks.filter {
            holds($0, occurrences, plan) && isCurrent($0, occurrences, plan)
          }
          for run in self.runs(firing, ticks, plan.timespan) where plan.raises {
            outcomes.insert(outcome(run, occurrences, plan, group))
          }
          for run in runs {
            for other in family.plans
            where other.steps.contains(where: { $0.ruleID == plan.ruleID }) {
              let beginning = occurrences.last { $0.ts == run[0] }!.key
              for occurrence in occurrences
              where other.countsBeginnings
                ? occurrence.key == beginning : run.contains(occurrence.ts)
              {
                all.append(
                  occurrence.detection.found(
                    by: "\(plan.ruleID)>\(other.ruleID)", adding: group.values))
              }
            }
          }
        }
      }
    }
    let new = detections.filter { $0.revision > 0 && !$0.excepted.contains($0.ruleID) }
    for (rule, own) in Dictionary(grouping: new, by: \.ruleID) {
      guard let plan = plans.plainRules[rule] else { continue }
      for (group, members) in Dictionary(grouping: own, by: { CorrelationPlan.principal(of: $0) }) {
        let sorted = members.map(\.key).sorted()
        var episode: [EventKey] = []
        for key in sorted {
          if let last = episode.last,
            key.ts.microseconds - last.ts.microseconds > plan.timespan
          {
            outcomes.insert(plain(episode, plan, group))
            episode = []
          }
          episode.append(key)
        }
        outcomes.insert(plain(episode, plan, group))
      }
    }
    return outcomes
  }

  private func plain(_ episode: [EventKey], _ plan: CorrelationPlan, _ group: Group) -> Outcome {
    Outcome(
      ruleID: plan.ruleID, groupKey: group.key, firstFire: episode[0],
      lastHold: episode[episode.count - 1].ts, evidence: Set(episode))
  }

  private func groups(_ detections: [Detection], _ plan: CorrelationPlan) -> [Group: [Occurrence]] {
    var result: [Group: [EventKey: Occurrence]] = [:]
    for (index, step) in plan.steps.enumerated() {
      for detection in detections
      where detection.ruleID == step.ruleID || detection.ruleID == "\(step.ruleID)>\(plan.ruleID)" {
        guard !detection.excepted.contains(plan.ruleID),
          let group = plan.group(of: detection, step: index),
          plan.value(of: detection, step: index) != nil
        else { continue }
        result[group, default: [:]][
          detection.key, default: Occurrence(detection: detection, steps: [])
        ].steps.insert(index)
      }
    }
    return result.mapValues { Array($0.values).sorted { $0.key < $1.key } }
  }

  private func runs(_ held: [Int64], _ ticks: [Int64], _ timespan: Int64) -> [[Int64]] {
    var runs: [[Int64]] = []
    for ts in held {
      if let last = runs.last?.last, ts - last <= timespan,
        !ticks.contains(where: { $0 > last && $0 < ts })
      {
        runs[runs.count - 1].append(ts)
      } else {
        runs.append([ts])
      }
    }
    return runs
  }

  private func outcome(
    _ run: [Int64], _ occurrences: [Occurrence], _ plan: CorrelationPlan, _ group: Group
  ) -> Outcome {
    let evidence = occurrences.filter { occurrence in
      run.contains { window(of: $0, plan).contains(occurrence.ts) }
    }
    return Outcome(
      ruleID: plan.ruleID, groupKey: group.key,
      firstFire: occurrences.last { $0.ts == run[0] }!.key,
      lastHold: Timestamp(microseconds: run[run.count - 1]), evidence: Set(evidence.map(\.key)))
  }

  private func window(of ts: Int64, _ plan: CorrelationPlan) -> ClosedRange<Int64> {
    plan.looksAhead ? ts...(ts + plan.timespan) : (ts - plan.timespan)...ts
  }

  /// Whether a detection since the plan's revision is in the window.
  private func isCurrent(_ ts: Int64, _ all: [Occurrence], _ plan: CorrelationPlan) -> Bool {
    all.contains { window(of: ts, plan).contains($0.ts) && $0.detection.revision >= plan.since }
  }

  private func holds(_ ts: Int64, _ all: [Occurrence], _ plan: CorrelationPlan) -> Bool {
    let range = window(of: ts, plan)
    let inside = all.filter { range.contains($0.ts) }
    func numbers() -> [Double] {
      inside.compactMap { occurrence in
        let value = plan.value(of: occurrence.detection, step: occurrence.steps.min()!)
        if case .number(let number) = value { return number }
        return nil
      }
    }
    let present = Set(inside.flatMap(\.steps))
    switch plan.condition {
    case .always: return true
    case .eventCount(let threshold): return threshold.holds(Double(inside.count))
    case .valueCount(let threshold):
      let values = inside.map { plan.value(of: $0.detection, step: $0.steps.min()!) }
      return threshold.holds(Double(Set(values).count))
    case .valueSum(let threshold): return threshold.holds(numbers().reduce(0, +))
    case .valueAverage(let threshold):
      return threshold.holds(numbers().reduce(0, +) / Double(inside.count))
    case .valuePercentile(let rank, let threshold):
      let sorted = numbers().sorted()
      let position = Double(sorted.count - 1) * rank / 100
      let low = sorted[Int(position)]
      let high = sorted[min(Int(position) + 1, sorted.count - 1)]
      return threshold.holds(low + (high - low) * (position - position.rounded(.down)))
    case .rules(let threshold): return threshold.holds(Double(present.count))
    case .ordered: return isSequence(inside, step: 0, of: plan.steps.count, from: .min, used: [])
    case .extended(let expression):
      return expression.holds(present: present.reduce(0) { $0 | 1 << UInt64($1) })
    }
  }

  private func isSequence(
    _ inside: [Occurrence], step: Int, of count: Int, from: Int64, used: Set<EventKey>
  ) -> Bool {
    if step == count { return true }
    return inside.contains { occurrence in
      occurrence.ts >= from && occurrence.steps.contains(step) && !used.contains(occurrence.key)
        && isSequence(
          inside, step: step + 1, of: count, from: occurrence.ts,
          used: used.union([occurrence.key]))
    }
  }
}
