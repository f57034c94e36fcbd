import Core
import Ingestion
import Sigma
import SigmaYAML
import Testing

/// What detections carry for correlation.
@Suite struct DetectorTests {
  private static let rules = """
    title: login failed
    id: 11111111-1111-4111-8111-111111111111
    name: login_failed
    level: informational
    logsource:
      product: linux
    detection:
      selection:
        action: login
      condition: selection
    ---
    title: brute force
    id: 22222222-2222-4222-8222-222222222222
    correlation:
      type: event_count
      rules: [login_failed]
      group-by: [user]
      timespan: 60s
      condition:
        gte: 6
    """

  private func carried(_ user: String) throws -> String {
    let loaded = RuleLoader().load(text: Self.rules, file: "test.yml")
    let detector = Detector(rules: loaded.set, matcher: Matcher(rules: loaded.set.rules))
    var fields = EventFields()
    fields.append(name: "user", value: user)
    return try #require(detector.correlatedValues(of: fields, rule: 0).first).value
  }

  @Test(arguments: ["root", String(repeating: "u", count: 512), String(repeating: "é", count: 256)])
  func aValueOfUpTo512BytesStaysAsItIs(user: String) throws {
    #expect(try carried(user) == user)
  }

  @Test func aLongerValueIsCutAtACharacter() throws {
    let cut = try carried("a" + String(repeating: "€", count: 200))
    let start = "a" + String(repeating: "€", count: 85) + "…#"
    #expect(cut.hasPrefix(start))
    #expect(cut.utf8.count == start.utf8.count + 32)
    #expect(try carried(cut) == cut)
  }

  @Test func longValuesStayApartButForTheirCase() throws {
    let long = String(repeating: "x", count: 4_000)
    #expect(try carried("\(long)1") != carried("\(long)2"))
    #expect(try carried("\(long)1") == carried("\(long)1"))
    #expect(try carried("\(long)A").suffix(32) == carried("\(long)a").suffix(32))
  }
}
