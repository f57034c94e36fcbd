import Core
import Testing

@testable import Correlation

/// The incidents are a function of the set of detections: whatever the order of arrival, the split
/// into batches and the restarts, they are those of one sorted pass of the definition.
@Suite struct OrderIndependenceTests {
  static let seeds: [UInt64] = {
    var system = SystemRandomNumberGenerator()
    return [1, 2, 3, 11_969_642_272_186_369_512] + (0..<4).map { _ in system.next() }
  }()

  @Test(arguments: seeds)
  func shuffledArrivalsGiveTheIncidentsOfTheDefinition(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for round in 0..<400 {
      let example = try RandomCase(&random)
      let expected = ReferenceEvaluator(plans: example.plans).outcomes(
        (example.old + example.events).flatMap(\.self))
      let restarts = random.chance(30)
      let actual = play(example, restarts: restarts, &random)
      let comment: Comment = "seed \(seed), round \(round)"
      if actual.outcomes != expected { dump(example, expected, actual) }
      try #require(actual.outcomes == expected, comment)
      try #require(actual.problems.isEmpty, comment)
    }
  }

  private func play(
    _ example: RandomCase, restarts: Bool, _ random: inout SeededGenerator
  ) -> IncidentBook {
    let limits = CorrelationLimits(
      trimAt: random.chance(50) ? 1_000_000 : 5, segments: random.chance(50) ? 4 : 1,
      lateness: random.chance(50) ? 0 : 5_000_000)
    var harness = Harness(example.plans, limits: limits, old: example.old.flatMap(\.self))
    harness.engine.wantsWholeHistory = random.chance(20)
    var now: Int64 = 0
    var newest: Int64 = 0
    var order = Array(example.events.indices)
    if random.chance(80) {
      order.shuffle(using: &random)
    } else {
      order.sort { example.events[$0][0].key < example.events[$1][0].key }
    }
    var next = order[...]
    while !next.isEmpty {
      let count = min(next.count, Int.random(in: 1...6, using: &random))
      let batch = next.prefix(count).flatMap { example.events[$0] }
      next = next.dropFirst(count)
      newest = max(newest, batch.map(\.ts.microseconds).max() ?? 0)
      now += Int64.random(in: 0...20, using: &random) * 1_000_000
      harness.clock = CorrelationClock(
        watermark: Timestamp(microseconds: newest - 3_000_000),
        now: Timestamp(microseconds: now), lateness: 1_000_000)
      harness.apply(batch)
      if random.chance(20) { harness.advance(harness.clock) }
      if restarts, random.chance(30) { harness.restart() }
    }
    harness.advance(.finished)
    return harness.book
  }

  private func dump(_ example: RandomCase, _ expected: Set<Outcome>, _ actual: IncidentBook) {
    for plan in example.plans.families[0].plans {
      print(plan.ruleID, plan.condition, plan.timespan / 1_000_000, plan.groupNames, plan.raises)
      print("  of", plan.steps.map(\.ruleID))
    }
    for event in (example.old + example.events).sorted(by: { $0[0].key < $1[0].key }) {
      let first = event[0]
      print(
        "  \(first.ts.microseconds / 1_000_000)#\(first.eventID.low)", event.map(\.ruleID),
        first.fields, first.excepted, first.revision)
    }
    for missing in expected.subtracting(actual.outcomes) { print("  missing", missing) }
    for wrong in actual.outcomes.subtracting(expected) { print("  wrong  ", wrong) }
  }
}
