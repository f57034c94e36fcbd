import Core
import Testing

@testable import Sigma

@Suite struct InspectionTests {
  private static func rule() throws -> Rule {
    try Judge.rule(
      "r1",
      searches: [
        ("selection", [("Image|endswith", [#"\cmd.exe"#, #"\pwsh.exe"#]), ("User", ["root"])]),
        ("filter", [("Parent", [.null])]),
      ], condition: "selection and not filter")
  }

  private static func inspect(
    _ rule: Rule, _ fields: [(String, String?)], aliases: [String: String] = [:]
  ) -> RuleInspection {
    RuleExplainer(aliases: aliases).inspect(rule, Judge.event(fields))
  }

  @Test func saysWhatHoldsAndWhatDoesNot() throws {
    let inspection = Self.inspect(
      try Self.rule(), [("Image", #"C:\PWSH.exe"#), ("User", "guest"), ("Parent", nil)])
    #expect(!inspection.matches)
    #expect(
      inspection.json
        == #"{"rule":"r1","title":"r1","matched":false,"log_source":{"fits":true,"rule":"#
        + #"{"category":null,"product":"test","service":null},"event":[{"category":null,"#
        + #""product":"test","service":null}],"reason":null},"#
        + #""condition":"selection and not filter","condition_holds":false,"failed":["#
        + #"{"search":"selection","wanted":true},{"search":"filter","wanted":false}],"searches":["#
        + #"{"name":"selection","holds":false,"fields":[{"field":"Image","modifiers":["endswith"],"#
        + #""holds":true,"patterns":[{"pattern":"\\pwsh.exe","holds":true},{"pattern":"\\cmd.exe","#
        + #""holds":false}],"pattern_count":2,"values":["C:\\PWSH.exe"],"value_count":1},"#
        + #"{"field":"User","modifiers":[],"holds":false,"patterns":[{"pattern":"root","#
        + #""holds":false}],"pattern_count":1,"values":["guest"],"value_count":1}],"#
        + #""fields_left_out":0},{"name":"filter","holds":true,"fields":[{"field":"Parent","#
        + #""modifiers":[],"holds":true,"patterns":[{"pattern":"null","holds":true}],"#
        + #""pattern_count":1,"values":[null],"value_count":1}],"fields_left_out":0}]}"#)
  }

  @Test func absentFieldsHaveNoValues() throws {
    let inspection = Self.inspect(try Self.rule(), [("Image", "a")])
    #expect(inspection.searches[0].items.map(\.values) == [["a"], []])
    #expect(inspection.searches[1].holds)
  }

  @Test func aMatchHasNoFailures() throws {
    let inspection = Self.inspect(
      try Self.rule(), [("Image", #"\cmd.exe"#), ("User", "root"), ("Parent", "p")])
    #expect(inspection.matches)
    #expect(inspection.failures.isEmpty)
  }

  @Test func aliasesAreNamed() throws {
    let rule = try Judge.rule([("source.ip", ["192.0.2.1"]), ("User", ["root"])])
    let inspection = Self.inspect(
      rule, [("src_ip", "192.0.2.1")], aliases: ["source.ip": "src_ip"])
    #expect(inspection.searches[0].items.map(\.eventField) == ["src_ip", nil])
    #expect(inspection.searches[0].items.map(\.holds) == [true, false])
  }

  @Test func underAllTheMissingPatternsComeFirst() throws {
    let rule = try Judge.rule([("F|contains|all", ["a", "b", "c"])])
    let item = Self.inspect(rule, [("F", "ac")]).searches[0].items[0]
    #expect(!item.holds)
    #expect(item.patterns.map(\.text) == ["b", "a", "c"])
    #expect(item.patterns.map(\.holds) == [false, true, true])
  }

  @Test func aListOfMapsIsNumbered() throws {
    var rule = try Judge.rule([("F", ["a"])])
    let items = try [("F", "a"), ("G", "b"), ("H", "c")].map { name, value in
      SearchExpression.item(try FieldItem(key: name, scalars: [.text(value)], line: 1))
    }
    rule.detection.searches[0].expression = .any([.all([items[0], items[1]]), items[2]])
    let search = Self.inspect(rule, [("G", "b"), ("H", "c")]).searches[0]
    #expect(search.holds)
    #expect(search.items.map(\.alternative) == [1, 1, 2])
    #expect(search.items.map(\.holds) == [false, true, true])
  }

  @Test func whatIsShownIsBounded() throws {
    let values = (0..<60).map { RuleScalar.text("\($0)-" + String(repeating: "x", count: 2000)) }
    let rule = try Judge.rule((0..<20).map { _ in ("F", values) })
    let long = String(repeating: "é", count: 600)
    let search = Self.inspect(rule, (0..<20).map { _ in ("F", long) }).searches[0]
    #expect(search.items.count + search.itemsLeftOut == 20)
    #expect((5..<20).contains(search.items.count))
    let first = search.items[0]
    #expect(first.patterns.count == RuleInspection.maximumPatterns)
    #expect(first.patternCount == 60)
    #expect(first.values.count == RuleInspection.maximumValues)
    #expect(first.valueCount == 20)
    for case let value? in first.values {
      #expect(value.utf8.count <= MatchExplanation.maximumValue + 3)
    }
    var bytes = 0
    for item in search.items {
      for pattern in item.patterns { bytes += pattern.text.utf8.count }
      for case let value? in item.values { bytes += value.utf8.count }
    }
    #expect(bytes <= RuleInspection.maximumBytes)
  }

  @Test(arguments: [
    ("a and b", [true, false], ["b"], [true]),
    ("a or b", [false, false], ["a", "b"], [true, true]),
    ("not a and b", [true, true], ["a"], [false]),
    ("not (a or b)", [true, false], ["a"], [false]),
    ("not (a and b)", [true, true], ["a", "b"], [false, false]),
    ("2 of them", [true, false], ["b"], [true]), ("a and not a", [true, true], ["a"], [false]),
    ("(a and b) or (a and not b)", [false, true], ["a", "b"], [true, false]),
  ])
  func blamesTheSearchesThatDecide(
    text: String, values: [Bool], names: [String], wanted: [Bool]
  ) throws {
    let identifiers = ["a", "b"]
    let condition = try ConditionParser(identifiers: identifiers).parse(text)
    #expect(!condition.holds(values))
    let failures = condition.failures(values)
    #expect(failures.map { identifiers[$0.search] } == names)
    #expect(failures.map(\.wanted) == wanted)
  }

  @Test func saysWhyTheLogSourceDoesNotFit() throws {
    var rule = try Self.rule()
    func reason(_ source: LogSource, _ event: [LogSource]) -> String? {
      rule.logSource = source
      var fields = Judge.event([("Image", #"\cmd.exe"#), ("User", "root"), ("Parent", "p")])
      fields.logSources = LogSourceSet(event)
      let inspection = RuleExplainer().inspect(rule, fields)
      #expect(inspection.conditionHolds)
      #expect(inspection.matches == inspection.logSource.fits)
      return inspection.logSource.reason
    }
    let sysmon = LogSource(product: "windows", service: "sysmon")
    let process = LogSource(category: "process_creation", product: "windows")
    #expect(reason(process, [sysmon, process]) == nil)
    #expect(
      reason(process, [sysmon]) == "no log source of the event has category process_creation")
    #expect(
      reason(LogSource(product: "linux", service: "auth"), [sysmon])
        == "no log source of the event has product linux, service auth")
    #expect(
      reason(LogSource(category: "process_creation", service: "sysmon"), [sysmon, process])
        == "no single log source of the event has all that the rule asks for")
    #expect(reason(process, [])?.contains("stands for no log source") == true)
  }
}
