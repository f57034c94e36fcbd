import Core
import Testing

@testable import Correlation

/// Values of any length make groups whose keys fit into an index, and stay apart.
@Suite struct LongValueTests {
  private func plan(_ names: [String], _ condition: CorrelationPlan.Condition) throws
    -> CorrelationPlan
  {
    try CorrelationPlan(
      ruleID: "r", title: "r", severity: .low, timespan: 60_000_000, groupNames: names,
      steps: [.init(ruleID: "s", groupFields: names.map { $0 }, valueFields: ["value"])],
      condition: condition)
  }

  private func detection(_ fields: DetectionFields) -> Detection {
    let ts = Timestamp(microseconds: 1_700_000_000_000_000)
    return Detection(
      ts: ts, eventID: EventID(timestamp: ts, entropy: (0, 1)), ruleID: "s", fields: fields)
  }

  @Test func aShortValueStaysAsItIs() throws {
    let plan = try plan(["user", "host"], .eventCount(.atLeast(1)))
    let group = try #require(plan.group(of: detection(["user": "Ann", "host": "web"]), step: 0))
    #expect(group.key == "3:ann|3:web")
  }

  @Test func longValuesThatDifferAtTheirEndsAreTwoGroups() throws {
    let plan = try plan(["user"], .eventCount(.atLeast(1)))
    let long = String(repeating: "x", count: 4_000)
    let groups = try ["\(long)a", "\(long)B", "\(long)b"].map {
      try #require(plan.group(of: detection(["user": $0]), step: 0))
    }
    #expect(Set(groups.map(\.key)).count == 2)
    #expect(groups[1] == groups[2])
    #expect(groups.allSatisfy { $0.key.utf8.count < 400 })
    #expect(groups.allSatisfy { $0.values[0].value.hasPrefix("xxx") })
  }

  @Test func manyFieldsMakeNoLongKey() throws {
    let names = (0..<8).map { "f\($0)" }
    let plan = try plan(names, .eventCount(.atLeast(1)))
    func key(last: String) throws -> String {
      var fields = DetectionFields()
      fields.add("f7", last)
      for name in names { fields.add(name, String(repeating: "é", count: 250)) }
      return try #require(plan.group(of: detection(fields), step: 0)).key
    }
    let first = try key(last: String(repeating: "é", count: 250))
    let second = try key(last: "other")
    #expect(first != second)
    #expect(first.utf8.count <= BoundedText.key)
    #expect(second.utf8.count <= BoundedText.key)
  }

  @Test func countedValuesAreCutAndStayApart() throws {
    let plan = try plan([], .valueCount(.atLeast(2)))
    let long = String(repeating: "v", count: 100_000)
    let values = ["a", "b"].map { plan.value(of: detection(["value": long + $0]), step: 0) }
    #expect(values[0] != values[1])
    for case .text(let text)? in values { #expect(text.utf8.count < 400) }
  }

  @Test func aPlainRulesGroupIsCut() {
    let ts = Timestamp(microseconds: 1_700_000_000_000_000)
    let detection = Detection(
      ts: ts, eventID: EventID(timestamp: ts, entropy: (0, 1)), ruleID: "s",
      user: String(repeating: "u", count: 1_000_000))
    #expect(CorrelationPlan.principal(of: detection).key.utf8.count < 400)
  }

  @Test func aCutNeverSplitsACharacterAndIsTheSameEverywhere() {
    let text = "a" + String(repeating: "€", count: 400)
    let cut = BoundedText.cut(text, above: 512, keeping: 256)
    #expect(cut.hasPrefix("a" + String(repeating: "€", count: 85) + "…#"))
    #expect(cut.utf8.count == 256 + "…#".utf8.count + 32)
    #expect(BoundedText.cut(cut, above: 512, keeping: 256) == cut)
    #expect(BoundedText.cut(text, above: 512, keeping: 256) == cut)
  }
}
