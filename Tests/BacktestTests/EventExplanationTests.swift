import Backtest
import Core
import EventStore
import Sigma
import Tenancy
import Testing

@Suite struct EventExplanationTests {
  private static let ts = StoredEvents.start

  private static func login(
    _ outcome: String, source: String? = "203.0.113.9", type: String = "linux.sshd"
  ) -> EventRecord {
    let address = source.map { #","src_ip":"\#($0)""# } ?? ""
    return EventRecord(
      #"{"ts":"\#(ts)","source_type":"\#(type)","action":"login","outcome":"\#(outcome)","#
        + #""user":"root"\#(address)}"#,
      at: ts, number: 1, sourceType: type)
  }

  private static func explain(
    _ record: EventRecord, _ id: String = "11111111-1111-4111-8111-111111111111"
  ) async throws -> EventExplanation {
    try await EventExplainer(rules: Story.everything().set, version: 3).explain(record, rule: id)
  }

  @Test func aNearMissNamesTheFieldThatFails() async throws {
    let explanation = try await Self.explain(Self.login("success"))
    #expect(!explanation.matches)
    let part = try #require(explanation.parts.first)
    #expect(part.inspection.logSource.fits)
    #expect(part.inspection.failures.map(\.search) == ["selection"])
    let items = part.inspection.searches[0].items
    #expect(items.map(\.field) == ["action", "outcome"])
    #expect(items.map(\.holds) == [true, false])
    #expect(items[1].values == ["success"])
  }

  @Test func aMatchSaysSo() async throws {
    let explanation = try await Self.explain(Self.login("failure"))
    #expect(explanation.matches)
    let head = [
      #"{"event":{"id":"\#(Self.login("failure").id)","ts":"2026-11-20T22:00:00.000000Z","#,
      #""received_at":"2026-11-20T22:00:00.000000Z","source_type":"linux.sshd"},"rule":"#,
      #""11111111-1111-4111-8111-111111111111","version":3,"matched":true,"#,
      #""correlation":null,"rules":[{"rule":"11111111-1111-4111-8111-111111111111","#,
    ]
    #expect(explanation.json.hasPrefix(head.joined()))
  }

  @Test func anotherLogSourceIsToBlame() async throws {
    let explanation = try await Self.explain(Self.login("failure", type: "windows.security"))
    #expect(!explanation.matches)
    #expect(explanation.parts[0].inspection.conditionHolds)
    #expect(explanation.parts[0].inspection.logSource.reason?.contains("product linux") == true)
  }

  @Test func aCorrelationIsExplainedByItsRules() async throws {
    let id = "22222222-2222-4222-8222-444444444444"
    let explanation = try await Self.explain(Self.login("success"), id)
    #expect(explanation.matches)
    #expect(explanation.parts.map(\.inspection.matches) == [false, true])
    #expect(explanation.parts[1].group.map(\.name) == ["src_ip", "user"])
    #expect(explanation.parts[1].group.map(\.value) == ["203.0.113.9", "root"])
    #expect(
      explanation.json.contains(
        #""correlation":{"title":"success after failures","type":"temporal_ordered","#
          + #""timespan_seconds":300,"group_by":["src_ip","user"]}"#))
  }

  @Test func anEventWithoutTheGroupIsNotCorrelated() async throws {
    let explanation = try await Self.explain(Self.login("failure", source: nil), Story.bruteForceID)
    #expect(explanation.parts[0].inspection.matches)
    #expect(!explanation.parts[0].isCorrelated)
    #expect(!explanation.matches)
    #expect(
      explanation.json.hasSuffix(
        #""correlated":false,"group":[{"name":"source.ip","field":"source.ip","value":null}]}]}"#))
  }

  @Test func anEventOfTheStoreIsExplained() async throws {
    let record = Self.login("failure")
    let stored = try await StoredEvents([record])
    let queries = EventQueries(
      records: RawRecords(pool: stored.pool), tenants: TenantPool(pool: stored.pool))
    let event = try #require(
      try await queries.event(record.id, of: StoredEvents.organization))
    #expect(EventRecord(event) == record)
  }

  @Test func whatCannotBeExplainedIsAnError() async throws {
    func code(_ record: EventRecord, _ rule: String) async throws -> BacktestError.Code? {
      let explainer = EventExplainer(rules: try Story.everything().set)
      let error = await #expect(throws: BacktestError.self) {
        try await explainer.explain(record, rule: rule)
      }
      return error?.code
    }
    var broken = Self.login("failure")
    broken.raw.removeLast()
    #expect(try await code(broken, Story.beaconID) == .unreadable)
    #expect(try await code(Self.login("failure"), "none") == .unknownRule)
  }
}
