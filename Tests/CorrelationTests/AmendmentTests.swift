import Core
import Sigma
import Testing

@testable import Correlation

/// What becomes of incidents when an event arrives late.
@Suite struct AmendmentTests {
  @Test func laterEventsGrowAnIncidentWithoutCorrectingIt() throws {
    var harness = Harness(Story.set(try Story.plan(when: .eventCount(.atLeast(3)))))
    harness.apply(Story.seconds(0...2))
    harness.apply(Story.seconds(3...5))
    #expect(harness.book.summary == ["1: 2…5, 6"])
    #expect(harness.book.live.map(\.corrections) == [0])
  }

  @Test func aLateEventMovesTheFirstFire() throws {
    var harness = Harness(Story.set(try Story.plan(when: .eventCount(.atLeast(3)))))
    harness.apply([Story.event("a", 10), Story.event("a", 20), Story.event("a", 30)])
    harness.apply([Story.event("a", 5)])
    #expect(harness.book.summary == ["1: 20…30, 4"])
    #expect(harness.book.live.map(\.corrections) == [1])
  }

  @Test func theOldestKeepsItsNumberWhenTwoBecomeOne() throws {
    var harness = Harness(Story.set(try Story.plan(within: 10, when: .eventCount(.atLeast(2)))))
    harness.apply([Story.event("a", 40), Story.event("a", 45)])
    harness.apply([Story.event("a", 20), Story.event("a", 25)])
    #expect(harness.book.summary == ["1: 45…45, 2", "2: 25…25, 2"])
    harness.apply([Story.event("a", 32)])
    #expect(harness.book.summary == ["1: 25…45, 5"])
    let states = harness.book.entries.values.map(\.state)
    #expect(states.contains { if case .merged = $0 { true } else { false } })
  }

  @Test func aConditionThatIsNotMonotoneParts() throws {
    let exactly = Threshold([.init(.lte, 3)])
    var harness = Harness(Story.set(try Story.plan(within: 10, when: .eventCount(exactly))))
    harness.apply(Story.seconds(0...40, step: 5))
    #expect(harness.book.summary == ["1: 0…40, 9"])
    harness.apply([Story.event("a", 21, 1), Story.event("a", 22, 2)])
    #expect(harness.book.summary == ["1: 0…21, 6", "2: 35…40, 4"])
  }

  @Test func anIncidentWithoutAnyGroundIsRetracted() throws {
    var harness = Harness(
      Story.set(try Story.plan(within: 10, when: .eventCount(Threshold([.init(.eq, 1)])))))
    harness.apply([Story.event("a", 100)])
    harness.apply([Story.event("a", 95)])
    #expect(harness.book.summary == ["1: 95…95, 1"])
    harness.apply([Story.event("a", 94)])
    harness.apply([Story.event("a", 85), Story.event("a", 86)])
    #expect(harness.book.summary == ["1: 85…85, 1"])
    harness.apply([Story.event("a", 85, 1), Story.event("a", 76), Story.event("a", 76, 1)])
    #expect(harness.book.summary == [])
    #expect(harness.book.entries.values.contains { $0.state == .retracted })
  }

  @Test func silenceLongerThanTheTimespanEndsAnEpisode() throws {
    var harness = Harness(Story.set(try Story.plan(within: 10, when: .eventCount(.atLeast(1)))))
    harness.apply([Story.event("a", 0), Story.event("a", 10), Story.event("a", 21)])
    #expect(harness.book.summary == ["1: 0…10, 2", "2: 21…21, 1"])
  }

  @Test func aBackDatedEventAsksForItsSurroundings() throws {
    let limits = CorrelationLimits(trimAt: 1, lateness: 0)
    var harness = Harness(
      Story.set(try Story.plan(within: 10, when: .eventCount(.atLeast(3)))), limits: limits,
      clock: CorrelationClock(
        watermark: .earliest, now: Timestamp(microseconds: 1_000_000_000), lateness: 0))
    harness.apply([Story.event("a", 0), Story.event("a", 4)])
    harness.apply([Story.event("a", 900)])
    let reloads = harness.engine.statistics.reloads
    harness.apply([Story.event("a", 2)])
    #expect(harness.engine.statistics.reloads > reloads)
    #expect(harness.book.summary == ["1: 4…4, 3"])
  }
}
