import Backtest
import Core
import Correlation
import EventStore
import Sigma
import Testing

@Suite struct IncidentExplanationTests {
  private static let start = StoredEvents.start
  private static let ruleID = "11111111-1111-4111-8111-111111111111"

  private static func failure(_ number: Int, second: Int64, user: String = "root") -> IncidentEvent
  {
    let ts = start.advanced(byMicroseconds: second * 1_000_000)
    let record = EventRecord(
      #"{"ts":"\#(ts)","source_type":"linux.sshd","action":"login","outcome":"failure","#
        + #""user":"\#(user)","src_ip":"203.0.113.9"}"#,
      at: ts, number: number, sourceType: "linux.sshd")
    return IncidentEvent(
      key: EventKey(ts: ts, id: record.id), ruleID: ruleID, record: record)
  }

  private static func summary(_ rule: String, events: Int64) -> IncidentSummary {
    IncidentSummary(
      id: "INC-7", ruleID: rule, version: 2, title: "brute force",
      group: [GroupValue(name: "source.ip", value: "203.0.113.9")], first: start, last: start,
      eventCount: events, threshold: "gte 3", stored: Array(#"{"measured":3}"#.utf8))
  }

  private static func explain(
    _ rule: String, _ evidence: [IncidentEvent], events: Int64? = nil, keptBack: [KeptBack] = []
  ) async throws -> IncidentExplanation {
    try await IncidentExplainer(rules: Story.everything().set).explain(
      summary(rule, events: events ?? Int64(evidence.count)), evidence: evidence,
      keptBack: keptBack)
  }

  @Test func theWindowIsCountedEventByEvent() async throws {
    // 60 s: the fifth is the first whose window has lost the first two. Two share a time.
    let seconds: [Int64] = [0, 10, 30, 30, 75]
    let evidence = seconds.enumerated().map { Self.failure($0, second: $1) }
    let explanation = try await Self.explain(Story.bruteForceID, evidence.reversed())
    #expect(explanation.steps.map(\.key) == evidence.map(\.key))
    #expect(explanation.steps.map(\.measured) == [1, 2, 4, 4, 3])
    let match = try #require(explanation.steps[0].match)
    #expect(match.searches.map(\.holds) == [true])
    #expect(match.searches[0].items.map(\.value) == ["login", "failure"])
    #expect(explanation.left == 0)
  }

  @Test func distinctValuesAreCountedWithoutCase() async throws {
    let users = ["root", "ROOT", "admin", "deploy"]
    let evidence = users.enumerated().map {
      Self.failure($0, second: Int64($0) * 20, user: $1)
    }
    let explanation = try await Self.explain("22222222-2222-4222-8222-333333333333", evidence)
    #expect(explanation.steps.map(\.measured) == [1, 1, 2, 3])
    #expect(explanation.steps.map(\.counted) == users)
  }

  @Test func whatIsMissingIsSaid() async throws {
    var gone = Self.failure(1, second: 1)
    gone.record = nil
    var other = Self.failure(2, second: 2)
    other.ruleID = "unknown"
    let explanation = try await Self.explain(Story.bruteForceID, [gone, other])
    #expect(
      explanation.steps.map(\.missing) == [
        "the event is no longer stored", "the rule is not among those of this version",
      ])
    #expect(explanation.steps.allSatisfy { $0.match == nil })
    #expect(explanation.isRuleKnown)
    #expect(try await !Self.explain("unknown", [gone]).isRuleKnown)
  }

  @Test func longEvidenceIsCut() async throws {
    let evidence = (0..<80).map { Self.failure($0, second: Int64($0)) }
    let explanation = try await Self.explain(Story.bruteForceID, evidence, events: 1000)
    #expect(explanation.steps.count == IncidentExplainer.maximumEvents)
    #expect(explanation.left == 950)
    #expect(explanation.steps.last?.measured == 50)
  }

  @Test func theJSONHoldsAll() async throws {
    let json = try await Self.explain(
      Story.bruteForceID, [Self.failure(0, second: 0)],
      keptBack: [KeptBack(exception: 4, reason: "scanner", count: 12)]
    ).json
    let head = [
      #"{"incident":"INC-7","rule":{"id":"\#(Story.bruteForceID)","version":2,"#,
      #""title":"brute force","known":true},"group":{"source.ip":"203.0.113.9"},"#,
      #""first_event_at":"2026-11-20T22:00:00.000000Z","#,
      #""last_event_at":"2026-11-20T22:00:00.000000Z","event_count":1,"#,
      #""correlation":{"title":"brute force","type":"event_count","timespan_seconds":60,"#,
      #""group_by":["source.ip"]},"threshold":"gte 3","window":[{"event_id":"#,
    ]
    #expect(json.hasPrefix(head.joined()))
    #expect(
      json.hasSuffix(
        #""events_left_out":0,"kept_back":[{"exception":4,"reason":"scanner","count":12}],"#
          + #""stored":{"measured":3}}"#))
    #expect(json.contains(#""measured":1,"match":{"rule":"\#(Self.ruleID)","condition":"#))
  }
}
