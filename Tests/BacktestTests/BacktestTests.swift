import Core
import EventStore
import Testing

@testable import Backtest

@Suite struct BacktestTests {
  static let story = Story.records(3000)

  private static func run(
    _ stored: StoredEvents, _ rules: BacktestRules, baseline: BacktestRules? = nil,
    hours: Int64 = 24, limits: BacktestLimits = BacktestLimits(incidents: 10_000)
  ) async throws -> BacktestReport {
    try await Backtest(records: stored.records).run(
      BacktestRequest(
        range: stored.range(hours: hours), candidate: rules, baseline: baseline, limits: limits))
  }

  @Test func findsWhatTheFileCommandFinds() async throws {
    let stored = try await StoredEvents(Self.story)
    let rules = try Story.everything()
    let expected = try FileRun(rules, Self.story)
    // Pages that end anywhere, and one page for all.
    for pageEvents in [97, 5000] {
      let report = try await Self.run(
        stored, rules, limits: BacktestLimits(incidents: 10_000, pageEvents: pageEvents))
      #expect(report.isComplete)
      #expect(report.through == report.range.to)
      #expect(report.eventsRead == 3000)
      #expect(report.eventsUnreadable == 0)
      #expect(report.bytesRead == Self.story.reduce(0) { $0 + $1.raw.count })
      #expect(report.eventsMatched == expected.matched)
      #expect(report.detections == expected.detections)
      #expect(report.incidents.map { FileRun.Incident($0) } == expected.incidents)
      #expect(report.incidentCount == expected.incidents.count)
    }
    let raised = Set(expected.incidents.map(\.rule))
    #expect(raised.count == 4, "the story has incidents of every rule that raises any")
  }

  @Test func daysAndTopsAddUp() async throws {
    let stored = try await StoredEvents(Self.story)
    let rules = try Story.everything()
    let report = try await Self.run(stored, rules)
    #expect(report.days.count == 2)
    #expect(report.days.reduce(0) { $0 + $1.events } == 3000)
    #expect(report.days.reduce(0) { $0 + $1.detections } == report.detections)
    #expect(report.days.reduce(0) { $0 + $1.incidents } == report.incidentCount)
    #expect(report.rules.reduce(0) { $0 + $1.detections } == report.detections)
    let hosts = try #require(report.tops.first { $0.column == "host" })
    #expect(hosts.entries.reduce(0) { $0 + $1.count } == report.detections)
    #expect(hosts.entries.count == 3)
    #expect(hosts.error == 0)
    let addresses = try #require(report.tops.first { $0.column == "src_ip" })
    #expect(addresses.entries.count == 10)
    #expect(addresses.entries.prefix(5).allSatisfy { $0.value.hasPrefix("203.0.113.") })
    #expect(report.detectionsWithoutGroup > 0)
  }

  @Test func onlySubjectsAreReported() async throws {
    let stored = try await StoredEvents(Self.story)
    let all = try Story.everything()
    let one = try BacktestRules(all.set, subjects: [Story.bruteForceID])
    let report = try await Self.run(stored, one)
    let whole = try await Self.run(stored, all)
    #expect(Set(report.incidents.map(\.ruleID)) == [Story.bruteForceID])
    #expect(report.rules.map(\.title) == ["login failed"])
    #expect(
      report.incidents == whole.incidents.filter { $0.ruleID == Story.bruteForceID })
    #expect(report.incidentCount > 0)
  }

  @Test func aRuleThatRaisesNothingSaysSo() async throws {
    let stored = try await StoredEvents(Array(Self.story.prefix(200)))
    let report = try await Self.run(stored, try BacktestRules(yaml: [Story.login]))
    #expect(!report.raises)
    #expect(report.incidentCount == 0)
    #expect(report.detections > 0)
  }

  @Test func versionsAreCompared() async throws {
    let stored = try await StoredEvents(Self.story)
    let strict = try Story.bruteForceRules(20, version: 2)
    let loose = try Story.bruteForceRules(4, version: 1)
    let report = try await Self.run(stored, strict, baseline: loose)
    let before = try await Self.run(stored, loose)
    let comparison = try #require(report.comparison)
    #expect(report.version == 2)
    #expect(comparison.version == 1)
    #expect(comparison.incidents == before.incidentCount)
    #expect(comparison.detections == report.detections)
    #expect(comparison.eventsInBoth == report.eventsMatched)
    #expect(comparison.eventsGained == 0 && comparison.eventsLost == 0)
    // Whatever holds for twenty holds for four.
    #expect(report.incidentCount > 0)
    #expect(comparison.gainedCount == 0)
    #expect(comparison.keptCount == report.incidentCount)
    #expect(comparison.lostCount > 0)
    for lost in comparison.lost {
      #expect(
        !report.incidents.contains {
          $0.group == lost.group && $0.first <= lost.last && $0.last >= lost.first
        })
    }
    // The other way round what was lost is gained.
    let reversed = try #require(
      try await Self.run(stored, loose, baseline: strict).comparison)
    #expect(Set(reversed.gained) == Set(comparison.lost))
    #expect(reversed.lostCount == 0)
  }

  @Test func eventsOfOneVersionAloneAreNamed() async throws {
    let stored = try await StoredEvents(Self.story)
    let narrow = try BacktestRules(yaml: [Story.beacon])
    let wide = try BacktestRules(
      yaml: [Story.beacon.replacing("selection and not filter", with: "selection")])
    let report = try await Self.run(stored, wide, baseline: narrow)
    let comparison = try #require(report.comparison)
    #expect(comparison.eventsLost == 0)
    #expect(comparison.eventsGained == report.eventsMatched - comparison.eventsInBoth)
    #expect(comparison.gainedEvents.count == 5)
    let first = try #require(
      Self.story.first { String(decoding: $0.raw, as: UTF8.self).contains("beacon 2") })
    #expect(comparison.gainedEvents.first == first.id)
  }

  @Test func anotherSourceTypeIsNotRead() async throws {
    let stored = try await StoredEvents(Self.story)
    let report = try await Backtest(records: stored.records).run(
      BacktestRequest(range: stored.range(sourceType: "suricata"), candidate: Story.everything()))
    #expect(report.eventsRead == Self.story.count { $0.sourceType == "suricata" })
    #expect(report.rules.filter { $0.detections > 0 }.map(\.title) == ["beacon"])
  }

  @Test func otherOrganizationsAndDeletedEventsAreNotRead() async throws {
    let stored = try await StoredEvents(Array(Self.story.prefix(100)))
    try await stored.store(Array(Self.story[100..<150]), organization: OrganizationID(8))
    try await stored.store(Array(Self.story[150..<200]), deleted: true)
    let report = try await Self.run(stored, try Story.everything())
    #expect(report.eventsRead == 100)
    #expect(report.bytesRead == Self.story.prefix(100).reduce(0) { $0 + $1.raw.count })
  }

  @Test func recordsThatCannotBeReadAgainAreCounted() async throws {
    var records = Array(Self.story.prefix(50))
    records[7].raw = Array(#"{"ts":"2026-11-20T22:00:00Z","a":"#.utf8)
    records[8].raw = Array(#"{"ts":"yesterday"}"#.utf8)
    let stored = try await StoredEvents(records)
    let rules = try Story.everything()
    let report = try await Self.run(stored, rules)
    #expect(report.eventsRead == 50)
    #expect(report.eventsUnreadable == 2)
    let readable = records.enumerated().filter { ![7, 8].contains($0.offset) }.map(\.element)
    #expect(report.detections == (try FileRun(rules, readable)).detections)
  }

  @Test func theReportIsOneLineOfJSON() async throws {
    let stored = try await StoredEvents(Array(Self.story.prefix(500)))
    let report = try await Self.run(
      stored, try Story.bruteForceRules(6, version: 2), baseline: Story.bruteForceRules(5))
    let json = report.json
    #expect(!json.contains("\n"))
    #expect(
      json.hasPrefix(
        #"{"report":{"complete":true,"cut_by":null,"from":"2026-11-20T22:00:00.000000Z","#
          + #""to":"2026-11-21T22:00:00.000000Z","through":"2026-11-21T22:00:00.000000Z","#
          + #""source_type":null,"version":2,"events":{"read":500,"matched":"#))
    #expect(json.contains(#""comparison":{"version":null,"detections":"#))
    #expect(json.contains(#""group":{"source.ip":"203.0.113."#))
  }
}
