import Core
import Sigma
import Testing

@testable import Correlation

/// Which groups are nearest to an incident, for every kind of condition.
@Suite struct ProgressTests {
  /// An event at a second after 1,000; windows end at second 60.
  private func event(
    _ rule: String, _ second: Int64, user: String = "x", fields: DetectionFields = [:]
  ) -> Detection {
    Story.event(rule, 1000 + second, user: user, fields: fields)
  }

  private func progress(
    _ plans: CorrelationPlanSet, _ detections: [Detection], at second: Int64 = 1060, limit: Int = 20
  ) -> [CorrelationProgress] {
    CorrelationProgress.nearest(
      of: "rule", in: plans, detections, at: Timestamp(microseconds: second * 1_000_000),
      limit: limit)
  }

  private func texts(
    _ plans: CorrelationPlanSet, _ detections: [Detection], at second: Int64 = 1060
  ) -> [String] {
    progress(plans, detections, at: second).map { progress in
      let group = progress.group.map(\.value).joined(separator: "+")
      let goal = progress.threshold.map { "\($0)" } ?? "-"
      let occurring = progress.occurring.isEmpty ? "" : " " + progress.occurring.joined()
      return "\(group): \(numberText(progress.measure)) of \(goal)\(occurring)"
        + (progress.holds ? " holds" : "")
    }
  }

  @Test func groupsAreSortedByNearness() throws {
    let plans = Story.set(try Story.plan(when: .eventCount(.atLeast(4))))
    let detections =
      [event("a", 50, user: "far")]
      + (0...2).map { event("a", 10 + $0, user: "near") }
      + (0...4).map { event("a", 20 + $0, user: "there") }
      + (0...9).map { event("a", -100 + $0, user: "gone") }
    #expect(
      texts(plans, detections.shuffled()) == [
        "there: 5 of gte 4 holds", "near: 3 of gte 4", "far: 1 of gte 4",
      ])
    let first = try #require(progress(plans, detections, limit: 1).first)
    #expect(first.oldest == Timestamp(microseconds: 1_020_000_000))
    #expect(first.newest == Timestamp(microseconds: 1_024_000_000))
    #expect(progress(plans, detections, limit: 1).count == 1)
  }

  @Test func bothEndsOfTheWindowAreIn() throws {
    let plans = Story.set(try Story.plan(within: 60, when: .eventCount(.atLeast(3))))
    let detections = [
      event("a", -1), event("a", 0), event("a", 60), event("a", 61),
    ]
    #expect(texts(plans, detections) == ["x: 2 of gte 3"])
  }

  @Test func valuesAndSums() throws {
    let detections = ["5", "7", "7"].enumerated().map {
      event("a", Int64($0), fields: ["n": $1])
    }
    func measure(_ condition: CorrelationPlan.Condition) throws -> [String] {
      texts(Story.set(try Story.plan(values: ["n"], when: condition)), detections)
    }
    #expect(try measure(.valueCount(.atLeast(3))) == ["x: 2 of gte 3"])
    #expect(try measure(.valueSum(.atLeast(20))) == ["x: 19 of gte 20"])
    #expect(
      try measure(.valueAverage(Threshold([.init(.lt, 7)]))) == ["x: \(19.0 / 3) of lt 7 holds"])
    #expect(
      try measure(.valuePercentile(rank: 50, .atLeast(8))) == ["x: 7 of gte 8"])
  }

  @Test func stepsOfASequenceThatHaveComeInOrder() throws {
    let plans = Story.set(try Story.plan(of: ["a", "b", "c"], when: .ordered))
    let detections = [
      event("b", 1, user: "x"), event("a", 2, user: "x"),
      event("a", 3, user: "y"), event("b", 4, user: "y"),
      event("c", 5, user: "z"),
      event("a", -5, user: "old"), event("b", 6, user: "old"),
    ]
    #expect(
      texts(plans, detections) == [
        "y: 2 of gte 3 ab", "x: 1 of gte 3 a", "old: 0 of gte 3", "z: 0 of gte 3",
      ])
  }

  @Test func rulesThatOccur() throws {
    let detections = [event("a", 1), event("c", 2), event("c", 3)]
    let temporal = Story.set(try Story.plan(of: ["a", "b", "c"], when: .rules(.atLeast(3))))
    #expect(texts(temporal, detections) == ["x: 2 of gte 3 ac"])
    let extended = Story.set(
      try Story.plan(
        of: ["a", "b", "c"],
        when: .extended(
          .and([.rule(0), .or([.rule(1), .rule(2)]), .not(.and([.rule(1), .rule(2)]))]))
      ))
    #expect(texts(extended, detections) == ["x: 2 of - ac holds"])
    let both = progress(extended, detections + [event("b", 4)])
    #expect(both.map(\.distance) == [0.2])
    #expect(both.map(\.holds) == [false])
  }

  @Test func correlationsOfCorrelations() throws {
    let inner = try Story.plan("inner", within: 10, raises: false, when: .eventCount(.atLeast(3)))
    let outer = try Story.plan("rule", of: ["inner"], within: 1000, when: .eventCount(.atLeast(2)))
    let plans = Story.set(inner, outer)
    #expect(texts(plans, Story.seconds(1000...1020)) == ["x: 1 of gte 2"])
    let history = try #require(
      CorrelationProgress.history(
        of: "rule", in: plans, at: Timestamp(microseconds: 2_000_000_000)))
    #expect(history.ruleIDs == ["a"])
    #expect(history.from == Timestamp(microseconds: 990_000_000))
  }

  @Test func exceptedDetectionsAndUnknownRules() throws {
    let plans = Story.set(try Story.plan(when: .eventCount(.atLeast(3))))
    let excepted = Detection(
      ts: Timestamp(microseconds: 1_000_000_000), eventID: EventID(high: 9, low: 9), ruleID: "a",
      fields: ["user": "x"], excepted: ["rule"])
    #expect(texts(plans, [excepted, event("a", 1)]) == ["x: 1 of gte 3"])
    #expect(
      CorrelationProgress.nearest(of: "none", in: plans, [excepted], at: .latest) == [])
  }

  @Test func memoryIsAttributedToTheCorrelationThatTakesIt() throws {
    let plans = Story.set(
      try Story.plan("small", of: ["b"], when: .eventCount(.atLeast(3))),
      try Story.plan("large", of: ["a"], when: .eventCount(.atLeast(1000))))
    var harness = Harness(plans)
    #expect(harness.engine.stateBytes(ofRule: "large") == 0)
    harness.apply(Story.seconds(0...49) + [Story.event("b", 1)])
    let large = harness.engine.stateBytes(ofRule: "large")
    #expect(large > 10 * harness.engine.stateBytes(ofRule: "small"))
    #expect(harness.engine.stateBytes(ofRule: "small") > 0)
    harness.apply(Story.seconds(50...99))
    #expect(harness.engine.stateBytes(ofRule: "large") > large)
    #expect(harness.engine.stateBytes(ofRule: "none") == 0)
  }
}
