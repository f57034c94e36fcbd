import Core
import Normalization
import RuleStore
import Testing

@testable import Rulebook

/// What the meter keeps and says; how long anything takes is not tested.
@Suite struct CostTests {
  private let source = FakeSource()
  private let book: Rulebook
  private let meter: RuleCostMeter

  private init() {
    source.publish(Book.base(Book.rule("a", "user: root"), Book.rule("b", "user|re: '.*x.*y'")))
    source.change(
      Book.own(
        Book.record(Book.rule("own", "user: x"), version: 3), revision: 2,
        modes: ["b": .disabled]))
    book = Rulebook(source: source)
    meter = RuleCostMeter(rulebook: book, sampleSize: 32)
  }

  private func event(_ user: String) -> NormalizedEvent { Book.event([("user", user)]) }

  @Test func theSampleHoldsTheLatestEventsInPart() {
    var kept = EventFields()
    for number in 0..<40_000 {
      kept.removeAll()
      kept.append(name: "user", value: "u\(number)")
      meter.offer(kept)
    }
    let users = meter.sample.events.compactMap { $0.value(named: "user")?.dropFirst() }
    let numbers = users.compactMap { Int($0) }
    #expect(numbers.count == 32)
    #expect(numbers.allSatisfy { $0 > 30_000 })
  }

  @Test func aSampledEventIsTheSameForTheMatcher() throws {
    var fields = event("root").fields
    let name = Array("host".utf8)
    let value = Array("h".utf8)
    fields.append(name: name.span.bytes, value: value.span.bytes, derived: true)
    fields.append(name: "gone", value: "", kind: .null)
    meter.offer(fields)
    let kept = try #require(meter.sample.events.first)
    #expect(kept.bytes == fields.bytes)
    #expect(kept.entries.map(\.kind) == fields.entries.map(\.kind))
    #expect(kept.recordEntryCount == fields.recordEntryCount)
    #expect(kept.logSources === fields.logSources)
  }

  @Test func aLargeEventIsNoSample() {
    meter.offer(event(String(repeating: "x", count: 20_000)).fields)
    #expect(meter.sample.events.isEmpty)
  }

  @Test func everyRuleThatRunsIsMeasured() async throws {
    for _ in 0..<20 { meter.offer(event("root").fields) }
    let before = try await meter.costs(for: Book.organization)
    #expect(before.map(\.ruleID) == ["a", "own"])
    #expect(before.allSatisfy { $0.nanosecondsPerEvent == nil && $0.detections == 0 })
    await meter.measureAll(restFactor: 0)
    let after = try await meter.costs(for: Book.organization)
    #expect(after.map(\.version) == [1, 3])
    #expect(after.allSatisfy { ($0.nanosecondsPerEvent ?? 0) > 0 })
    let other = try await meter.costs(for: OrganizationID(1))
    #expect(other.map(\.ruleID) == ["a", "b"])
    #expect(other.allSatisfy { $0.nanosecondsPerEvent != nil })
  }

  @Test func withoutEventsNothingIsMeasured() async throws {
    _ = try await book.current(Book.organization)
    await meter.measureAll(restFactor: 0)
    let costs = try await meter.costs(for: Book.organization)
    #expect(costs.allSatisfy { $0.nanosecondsPerEvent == nil })
  }

  @Test func costsOfRulesThatAreGoneAreForgotten() async throws {
    for _ in 0..<20 { meter.offer(event("root").fields) }
    _ = try await book.current(Book.organization)
    await meter.measureAll(restFactor: 0)
    source.change(Book.own(Book.record(Book.rule("own", "user: x"), version: 4), revision: 5))
    await book.followAll()
    let changed = try await meter.costs(for: Book.organization)
    #expect(changed.first { $0.ruleID == "own" }?.nanosecondsPerEvent == nil)
    await meter.measureAll(restFactor: 0)
    let measured = try await meter.costs(for: Book.organization)
    #expect(measured.first { $0.ruleID == "own" }?.nanosecondsPerEvent != nil)
  }

  @Test func matchesAreCountedForEachOrganization() async throws {
    let rules = try await book.current(Book.organization)
    let hits = rules.hits(event("root"))
    #expect(hits.count == 1)
    meter.count(hits + hits, of: Book.organization)
    meter.count(hits, of: OrganizationID(1))
    #expect(try await meter.costs(for: Book.organization).map(\.detections) == [2, 0])
    #expect(try await meter.costs(for: OrganizationID(1)).map(\.detections) == [1, 0])
    #expect(meter.uncounted == 0)
  }
}
