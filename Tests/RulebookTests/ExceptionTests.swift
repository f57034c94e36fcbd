import Core
import RuleStore
import Sigma
import Testing

@testable import Rulebook

/// Which exceptions hold for a hit, and for what it then doesn't count.
@Suite struct ExceptionTests {
  /// `a` feeds `c`, which feeds `d`; `b` feeds nothing.
  private static let base = CompiledBase(
    Book.base(
      Book.rule("a", "user: root"), Book.rule("b", "host: Web"),
      Book.correlation("c", of: ["a"]), Book.correlation("d", of: ["c"])))

  private func exception(
    _ id: Int64, rule: String? = nil, _ entity: (String, String)? = nil, match: String? = nil,
    expiresAt: Timestamp = Timestamp(microseconds: 2_000_000_000)
  ) -> RuleException {
    RuleException(
      id: id, ruleID: rule, entity: entity.map { .init(type: $0.0, value: $0.1) }, match: match,
      reason: "test", createdAt: Timestamp(microseconds: 0), createdBy: "test",
      expiresAt: expiresAt)
  }

  private func marks(
    _ exceptions: RuleException..., on fields: [(String, String)],
    receivedAt: Timestamp = Book.arrival
  ) -> [String: (ids: [Int64], excepted: [String])] {
    let rules = Self.base.compile(Book.own(exceptions: exceptions))
    #expect(rules.refusals.isEmpty)
    return Dictionary(
      uniqueKeysWithValues: rules.hits(Book.event(fields), receivedAt: receivedAt).map {
        ($0.ruleID, ($0.exceptions, $0.excepted))
      })
  }

  private let both = [
    ("user", "root"), ("host", "web"), ("src_ip", "10.0.0.1"), ("dst_ip", "10.0.0.2"),
  ]

  @Test func withoutExceptionsNothingIsMarked() {
    let found = marks(on: both)
    #expect(found.count == 2)
    #expect(found.values.allSatisfy { $0.ids.isEmpty && $0.excepted.isEmpty })
  }

  @Test func oneForARuleCoversTheRuleAlone() {
    let found = marks(exception(1, rule: "a"), on: both)
    #expect(found["a"]! == ([1], ["a"]))
    #expect(found["b"]! == ([], []))
  }

  @Test(arguments: ["c", "d"]) func oneForACorrelationCoversWhatFeedsIt(correlation: String) {
    let found = marks(exception(1, rule: correlation), on: both)
    #expect(found["a"]! == ([1], [correlation]))
    #expect(found["b"]! == ([], []))
  }

  @Test(arguments: [
    ("ip", "10.0.0.1"), ("ip", "10.0.0.2"), ("ip", "::ffff:10.0.0.1"), ("host", "WEB"),
    ("user", "Root"),
  ])
  func oneForAnEntityCoversAllThatItsEventsFeed(type: String, value: String) {
    let found = marks(exception(1, (type, value)), on: both)
    #expect(found["a"]! == ([1], ["a", "c", "d"]))
    #expect(found["b"]! == ([1], ["b"]))
  }

  @Test(arguments: [("ip", "10.0.0.3"), ("host", "root"), ("user", "web")])
  func anotherEntityIsNotMeant(type: String, value: String) {
    let found = marks(exception(1, (type, value)), on: both)
    #expect(found.values.allSatisfy { $0.ids.isEmpty })
  }

  @Test func allPartsMustHold() {
    let one = exception(1, rule: "a", ("user", "root"), match: #"{"host": "lab"}"#)
    let two = exception(2, rule: "a", ("user", "root"), match: #"{"host|startswith": "we"}"#)
    let found = marks(one, two, on: both)
    #expect(found["a"]! == ([2], ["a"]))
    #expect(found["b"]! == ([], []))
  }

  @Test func severalAddUp() {
    let found = marks(
      exception(3, rule: "d"), exception(1, rule: "a"), exception(2, match: #"[{"user": "root"}]"#),
      exception(4, ("user", "other")), on: both)
    #expect(found["a"]! == ([1, 2, 3], ["a", "c", "d"]))
    #expect(found["b"]! == ([2], ["b"]))
  }

  @Test func itEndsWithItsTimeByArrival() {
    let end = Timestamp(microseconds: 500)
    let one = exception(1, rule: "a", expiresAt: end)
    #expect(marks(one, on: both, receivedAt: Timestamp(microseconds: 499))["a"]!.ids == [1])
    #expect(marks(one, on: both, receivedAt: end)["a"]!.ids == [])
  }

  @Test func aRuleOfTheOrganizationsOwnIsMeantToo() {
    let own = Book.own(
      Book.record(Book.rule("own", "user: root")), exceptions: [exception(1, ("user", "root"))])
    let hits = Self.base.compile(own).hits(Book.event(both))
    #expect(hits.first { $0.ruleID == "own" }?.excepted == ["own"])
  }

  @Test(arguments: [
    #"{"user": ["x", "root"]}"#, #"[{"user": "x"}, {"user": "root"}]"#, #"{"user|re": "^ro+t$"}"#,
    "{\n  \"user\": \"\\u0072oot\"\n}", #"{"source.ip|cidr":"10.0.0.0/8"}"#, #"["root"]"#,
    #"{"user":"root","host":"web"}"#, #"{"missing":null}"#,
  ])
  func aMatchIsASigmaSearch(match: String) {
    #expect(marks(exception(1, match: match), on: both)["a"]!.ids == [1])
  }

  @Test(arguments: [
    #"{"user": "x"}"#, #"{"user|contains|all": ["ro", "x"]}"#, #"{"missing": ""}"#,
  ])
  func aMatchMayNotHold(match: String) {
    #expect(marks(exception(1, match: match), on: both)["a"]!.ids == [])
  }

  @Test func surrogatesOfJSONAreRead() {
    let fields = [("user", "root"), ("note", "😀\\")]
    let match = #"{"note": "\ud83d\ude00\\"}"#
    #expect(marks(exception(1, match: match), on: fields)["a"]!.ids == [1])
  }

  @Test(arguments: [
    "", "x", "{}", "[]", #"{"user|nope": "x"}"#, #"{"user": {"x": 1}}"#, #"{"user": "#,
    "{\"a\": 1}\n---\n{\"b\": 1}", #"{"user|re": "("}"#,
    "{\"user\": [\(Array(repeating: "\"x\"", count: 1_001).joined(separator: ","))]}",
    "{\"user\": \"\(String(repeating: "x", count: 16_400))\"}",
  ])
  func aMatchThatCannotBeReadHoldsForNothingAndIsRefused(match: String) {
    let rules = Self.base.compile(Book.own(exceptions: [exception(5, match: match)]))
    #expect(rules.refusals.map(\.file) == ["exception 5"])
    #expect(rules.hits(Book.event(both)).allSatisfy { $0.exceptions.isEmpty })
    #expect(throws: (any Error).self) { try ExceptionMatch(match) }
  }

  @Test func oneForEverythingOrNobodyIsRefused() {
    let rules = Self.base.compile(
      Book.own(exceptions: [
        exception(1), exception(2, ("ip", "ten")), exception(3, ("process", "x")),
      ]))
    #expect(rules.refusals.map(\.file) == ["exception 1", "exception 2", "exception 3"])
    #expect(rules.detector === Self.base.standard.detector)
  }
}
