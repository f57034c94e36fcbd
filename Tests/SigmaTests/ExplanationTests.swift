import Core
import Testing

@testable import Sigma

@Suite struct ExplanationTests {
  @Test func saysWhichSearchesHoldAndWhy() throws {
    let rule = try Judge.rule(
      "r1",
      searches: [
        ("selection", [("Image|endswith", [#"\cmd.exe"#, #"\pwsh.exe"#]), ("User", ["root"])]),
        ("filter", [("Parent", [.null])]), ("keywords", [("", ["evil"])]),
      ], condition: "selection and not filter or keywords")
    let event = Judge.event([("Image", #"C:\PWSH.exe"#), ("User", "root"), ("Parent", "x\u{0}")])
    let explanation = RuleExplainer().explain(rule, event)
    #expect(explanation.searches.map(\.holds) == [true, false, false])
    #expect(
      explanation.json
        == #"{"rule":"r1","condition":"selection and not filter or keywords","searches":["#
        + #"{"name":"selection","holds":true,"fields":[{"field":"Image","modifiers":["endswith"],"#
        + #""pattern":"\\pwsh.exe","value":"C:\\PWSH.exe"},{"field":"User","modifiers":[],"#
        + #""pattern":"root","value":"root"}]},{"name":"filter","holds":false,"fields":[]},"#
        + #"{"name":"keywords","holds":false,"fields":[]}]}"#)
  }

  @Test func allNamesEveryValue() throws {
    let rule = try Judge.rule([("F|contains|all", ["a", "b"])])
    let explanation = RuleExplainer().explain(rule, Judge.event([("F", "ab")]))
    #expect(explanation.searches[0].items.map(\.pattern) == ["a", "b"])
  }

  @Test func valuesAreCutAndStorable() throws {
    let rule = try Judge.rule([("F|startswith", ["é"])])
    let long = String(repeating: "é", count: 2000) + "\u{0}"
    let explanation = RuleExplainer().explain(rule, Judge.event([("F", long)]))
    let value = try #require(explanation.searches[0].items[0].value)
    #expect(value.hasSuffix("…"))
    #expect(value.utf8.count <= MatchExplanation.maximumValue + 3)
    let short = RuleExplainer().explain(rule, Judge.event([("F", "é\u{0}")]))
    #expect(!short.json.contains("u0000"))
    #expect(short.json.contains("\u{FFFD}"))
  }

  @Test func absentFieldsAreNull() throws {
    let rule = try Judge.rule([("F", [.null]), ("G|neq", ["x"])])
    let explanation = RuleExplainer().explain(rule, Judge.event([("H", "y")]))
    #expect(explanation.searches[0].items.map(\.value) == [nil, nil])
    #expect(explanation.searches[0].holds)
  }
}
