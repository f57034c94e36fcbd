import Core
import Normalization
import Sigma
import SigmaYAML
import Testing

@testable import Rulebook

/// What hits carry.
@Suite struct DetectorTests {
  private static let rules =
    Book.rule("login", level: "informational", "action: login", name: "login_failed") + "---\n"
    + Book.correlation("force", of: ["login_failed"], by: ["source.ip", "user"])

  private func detector(_ text: String = Self.rules) -> Detector {
    Detector(RuleLoader().load(text: text, file: "test.yml").set, version: 3)
  }

  private func fields(_ values: [(String, String)]) throws -> String {
    var scratch = DetectorScratch()
    let event = Book.event([("action", "login")] + values)
    let hits = detector().hits(event, scratch: &scratch)
    #expect(hits.count == 1)
    return String(decoding: try #require(hits.first).fields, as: UTF8.self)
  }

  private func carried(_ user: String) throws -> String {
    let event = Book.event([("action", "login"), ("user", user)])
    var scratch = DetectorScratch()
    let hit = try #require(detector().hits(event, scratch: &scratch).first)
    return try #require(hit.rule.correlatedValues(of: event.fields).first).value
  }

  @Test func aHitBearsTheFieldsOfItsCorrelationsByTheRulesNames() throws {
    let json = try fields([("user", "root"), ("src_ip", "203.0.113.7"), ("host", "h")])
    #expect(json == #"{"source.ip":"203.0.113.7","user":"root"}"#)
    #expect(try fields([("host", "h")]) == "{}")
  }

  @Test func namesAreTheFirstOfTheEvent() throws {
    #expect(try fields([("user", "a"), ("user", "b")]) == #"{"user":"a"}"#)
  }

  @Test func nullIsNoValue() throws {
    var event = Book.event([("action", "login")])
    event.fields.append(name: "user", value: "", kind: .null)
    var scratch = DetectorScratch()
    let hit = try #require(detector().hits(event, scratch: &scratch).first)
    #expect(String(decoding: hit.fields, as: UTF8.self) == "{}")
  }

  /// The bytes are those of the writer of all other JSON.
  @Test func jsonIsEscaped() throws {
    var generator = SeededGenerator(seed: 4)
    for _ in 0..<200 {
      let scalars = (0..<20).map { _ in
        Unicode.Scalar(UInt32.random(in: 1...0xFF, using: &generator)) ?? " "
      }
      let value = String(String.UnicodeScalarView(scalars))
      var json = JSONWriter()
      json.object { $0.member("user", value) }
      #expect(try fields([("user", value)]) == json.text)
    }
    #expect(try fields([("user", "a\0b")]) == "{\"user\":\"a\u{FFFD}b\"}")
  }

  @Test func onlyRulesThatRaiseIncidentsAreExplained() throws {
    let text = Self.rules + "---\n" + Book.rule("odd", "user: root")
    var scratch = DetectorScratch()
    let event = Book.event([("action", "login"), ("user", "root")])
    let hits = detector(text).hits(event, scratch: &scratch)
    let matched = Dictionary(
      uniqueKeysWithValues: hits.map { ($0.ruleID, String(decoding: $0.matched, as: UTF8.self)) })
    #expect(matched["login"] == "{}")
    #expect(try #require(matched["odd"]).contains(#""value":"root""#))
    #expect(hits.allSatisfy { $0.ruleVersion == 3 })
    #expect(hits.map(\.level).sorted() == ["informational", "medium"])
  }

  @Test(arguments: ["root", String(repeating: "u", count: 512), String(repeating: "é", count: 256)])
  func aValueOfUpTo512BytesStaysAsItIs(user: String) throws {
    #expect(try carried(user) == user)
  }

  @Test func aLongerValueIsCutAtACharacter() throws {
    let value = "a" + String(repeating: "€", count: 200)
    let cut = try carried(value)
    let start = "a" + String(repeating: "€", count: 85) + "…#"
    #expect(cut.hasPrefix(start))
    #expect(cut.utf8.count == start.utf8.count + 32)
    #expect(try carried(cut) == cut)
    #expect(try fields([("user", value)]) == "{\"user\":\"\(cut)\"}")
  }

  @Test func longValuesStayApartButForTheirCase() throws {
    let long = String(repeating: "x", count: 4_000)
    #expect(try carried("\(long)1") != carried("\(long)2"))
    #expect(try carried("\(long)1") == carried("\(long)1"))
    #expect(try carried("\(long)A").suffix(32) == carried("\(long)a").suffix(32))
  }

  @Test func aScratchServesManyDetectors() {
    var scratch = DetectorScratch()
    let event = Book.event([("user", "u3")])
    let detectors = (0..<10).map { detector(Book.rule("r\($0)", "user: u\($0)")) }
    for _ in 0..<2 {
      for (index, detector) in detectors.enumerated() {
        #expect(detector.hits(event, scratch: &scratch).map(\.ruleID) == (index == 3 ? ["r3"] : []))
      }
    }
    #expect(scratch.slots.count == 6)
  }
}
