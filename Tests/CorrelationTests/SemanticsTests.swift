import Core
import Sigma
import Testing

@testable import Correlation

/// Answers to single questions, each small enough to be checked by hand.
@Suite struct SemanticsTests {
  private func fires(
    _ plans: CorrelationPlanSet, _ events: [Detection], until end: Int64 = 1_000_000
  ) -> [String] {
    OfflineCorrelation(plans: plans)
      .incidents(of: events, until: Timestamp(microseconds: end * 1_000_000))
      .map { incident in
        let group = incident.group.map(\.value).joined(separator: "+")
        return "\(incident.plan.ruleID)[\(group)] \(incident.firstFire.ts.microseconds / 1_000_000)"
      }
  }

  @Test func bothEndsOfTheWindowAreInclusive() throws {
    let plans = Story.set(try Story.plan(within: 60, when: .eventCount(.atLeast(2))))
    #expect(fires(plans, [Story.event("a", 0), Story.event("a", 60)]) == ["rule[x] 60"])
    #expect(fires(plans, [Story.event("a", 0), Story.event("a", 61)]) == [])
  }

  @Test func eventsWithoutTheGroupFieldAreLeftOutAndCounted() throws {
    var harness = Harness(Story.set(try Story.plan(when: .eventCount(.atLeast(1)))))
    harness.apply([Story.event("a", 0, user: nil)])
    #expect(harness.book.summary == [])
    #expect(harness.engine.statistics.withoutGroup == 1)
  }

  @Test func valuesThatAreNoNumbersAreLeftOutAndCounted() throws {
    var harness = Harness(
      Story.set(try Story.plan(values: ["n"], when: .valueSum(Threshold([.init(.gt, 0.25)])))))
    let texts = ["0.1", "junk", "0x10", "inf", "", "0.2"]
    harness.apply(
      texts.enumerated().map { Story.event("a", Int64($0), fields: ["n": $1]) })
    #expect(harness.book.summary == ["1: 5…5, 2"])
    #expect(harness.engine.statistics.withoutValue == 4)
  }

  @Test func sumsAreExactWhateverComesAndGoes() throws {
    let plans = Story.set(
      try Story.plan(within: 1, values: ["n"], when: .valueSum(Threshold([.init(.eq, 0.3)]))))
    let events = [
      Story.event("a", 0, fields: ["n": "1e20"]), Story.event("a", 10, fields: ["n": "0.1"]),
      Story.event("a", 11, fields: ["n": "0.2"]),
    ]
    #expect(fires(plans, events) == ["rule[x] 11"])
  }

  @Test(arguments: [(50.0, 2.5), (0, 1), (100, 4), (90, 3.7)])
  func percentilesAreInterpolated(rank: Double, value: Double) throws {
    let threshold = Threshold([.init(.gte, value - 1e-9), .init(.lte, value + 1e-9)])
    let plans = Story.set(
      try Story.plan(values: ["n"], when: .valuePercentile(rank: rank, threshold)))
    let events = (1...4).map { Story.event("a", Int64($0), fields: ["n": "\($0)"]) }
    #expect(fires(plans, events).last == "rule[x] \(rank == 0 ? 1 : 4)")
  }

  @Test func oneEventCanBeTwoRulesButNotTwoSteps() throws {
    let both = [Story.event("a", 5), Story.event("b", 5)]
    let temporal = Story.set(try Story.plan(of: ["a", "b"], when: .rules(.atLeast(2))))
    #expect(fires(temporal, both) == ["rule[x] 5"])
    let ordered = Story.set(try Story.plan(of: ["a", "b"], when: .ordered))
    #expect(fires(ordered, both) == [])
    #expect(fires(ordered, both + [Story.event("b", 5, 1)]) == ["rule[x] 5"])
    #expect(fires(ordered, [Story.event("b", 4), Story.event("a", 5)]) == [])
  }

  @Test func aSequenceMayBeginAgain() throws {
    let plans = Story.set(try Story.plan(of: ["a", "b"], within: 10, when: .ordered))
    let events = [
      Story.event("b", 0), Story.event("a", 1), Story.event("a", 15), Story.event("b", 20),
    ]
    #expect(fires(plans, events) == ["rule[x] 20"])
  }

  @Test func absenceIsDecidedWhenTheWindowIsClosed() throws {
    let plans = Story.set(
      try Story.plan(of: ["a", "b"], when: .extended(.and([.rule(0), .not(.rule(1))]))))
    let events = [Story.event("a", 0)]
    #expect(fires(plans, events, until: 60) == [])
    #expect(fires(plans, events, until: 61) == ["rule[x] 0"])
    #expect(fires(plans, events + [Story.event("b", 60)], until: 200) == [])
    #expect(fires(plans, events + [Story.event("b", 61)], until: 200) == ["rule[x] 0"])
  }

  @Test func anOpenWindowClosesWithTheClockAndAfterARestart() throws {
    let plans = Story.set(
      try Story.plan(of: ["a", "b"], when: .extended(.and([.rule(0), .not(.rule(1))]))))
    func clock(_ second: Int64) -> CorrelationClock {
      let now = Timestamp(microseconds: second * 1_000_000)
      return CorrelationClock(watermark: .earliest, now: now, lateness: 5_000_000)
    }
    var harness = Harness(plans, clock: clock(0))
    harness.apply([Story.event("a", 0)])
    harness.advance(clock(65))
    #expect(harness.book.summary == [])
    harness.clock = clock(66)
    harness.restart()
    harness.advance(clock(66))
    #expect(harness.book.summary == ["1: 0…0, 1"])
  }

  @Test func countsOfACorrelationCountItsBeginnings() throws {
    let inner = try Story.plan("inner", within: 10, raises: false, when: .eventCount(.atLeast(3)))
    let outer = try Story.plan("outer", of: ["inner"], within: 1000, when: .eventCount(.atLeast(2)))
    let once = Story.seconds(0...20)
    #expect(fires(Story.set(inner, outer), once) == [])
    #expect(fires(Story.set(inner, outer), once + Story.seconds(100...105)) == ["outer[x] 102"])
  }

  @Test func sequencesOfACorrelationTakeAnyMomentAtWhichItHolds() throws {
    let inner = try Story.plan("inner", within: 10, raises: false, when: .eventCount(.atLeast(3)))
    let outer = try Story.plan("outer", of: ["inner", "b"], within: 5, when: .ordered)
    let plans = Story.set(inner, outer)
    let long = Story.seconds(0...60)
    #expect(fires(plans, long + [Story.event("b", 62)]) == ["outer[x] 62"])
    #expect(fires(plans, [Story.event("b", 1)] + Story.seconds(0...1)) == [])
  }

  @Test func plainRulesGroupByTheirPrincipalEntity() throws {
    let plain = try CorrelationPlan(
      ruleID: "p", title: "p", severity: .low, timespan: 3_600_000_000, groupNames: [], steps: [],
      condition: .always)
    let plans = CorrelationPlanSet(families: [], plainRules: [plain])
    let detections = [
      Story.event("p", 0, user: "Ann"), Story.event("p", 3600, user: "ann"),
      Story.event("p", 10, user: nil), Story.event("p", 7300, user: "ann"),
    ]
    #expect(fires(plans, detections) == ["p[ann] 0", "p[] 10", "p[ann] 7300"])
  }

  @Test func memoryIsBoundedAndWhatGoesIsCounted() throws {
    let limits = CorrelationLimits(items: 100, trimAt: 50, lateness: 0)
    var harness = Harness(
      Story.set(try Story.plan(within: 100_000, when: .eventCount(.atLeast(10)))), limits: limits)
    for start in stride(from: Int64(0), to: 2_000, by: 40) {
      harness.apply(Story.seconds(start...start + 39))
    }
    #expect(harness.engine.size.items <= 100)
    #expect(harness.engine.statistics.evicted > 1_000)
    #expect(harness.book.summary == ["1: 9…1999, 2000"])
  }
}
