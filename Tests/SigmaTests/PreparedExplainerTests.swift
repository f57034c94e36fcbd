import Core
import Testing

@testable import Sigma

/// A prepared rule says what `RuleExplainer` says, byte for byte. Rules and events made at random are
/// compared by `FuzzSeedTests`.
@Suite struct PreparedExplainerTests {
  private func expectSame(
    _ rules: [Rule], _ events: [EventFields], aliases: [String: String] = [:],
    location: Testing.SourceLocation = #_sourceLocation
  ) {
    var scratch = ExplanationScratch()
    for rule in rules {
      let prepared = PreparedExplainer(rule, aliases: aliases)
      for event in events {
        scratch.read(event)
        let json = String(decoding: prepared.json(of: event, scratch: &scratch), as: UTF8.self)
        let told = RuleExplainer(aliases: aliases).explain(rule, event).json
        #expect(json == told, sourceLocation: location)
      }
    }
  }

  @Test func everyKindOfValue() throws {
    let lines: [(String, [RuleScalar])] = [
      ("F", ["abc"]), ("F", [""]), ("F", ["*"]), ("F", ["a*"]), ("F", ["*c"]), ("F", ["*b*"]),
      ("F", ["a?c"]), ("F", ["a*c*e"]), ("F|cased", ["Ab*"]), ("F|cased", ["A?c"]),
      ("F|contains|all", ["a", "b"]), ("F|neq", ["abc"]), ("F|contains|neq", ["x", "y"]),
      ("F", [.null]), ("F|exists", [.bool(true)]), ("F|exists", [.bool(false)]),
      ("F|cidr", ["10.0.0.0/8"]), ("F|gt", [.number("41")]), ("F|hour", [.number("7")]),
      ("F|re", ["b+"]), ("F|re", ["x*"]), ("F|re", [".{20,}"]), ("F|re|i", ["^É"]),
      ("F|fieldref", ["G"]), ("F|fieldref|contains", ["G"]), ("F|fieldref|startswith|cased", ["G"]),
      ("F|fieldref|endswith", ["G"]), ("", ["abc"]), ("", ["é"]), ("|re", ["c\n1"]),
      ("F|windash|contains", [" -e"]), ("F|base64offset|contains", ["abc"]),
    ]
    let rules = try lines.map { try Judge.rule("r\u{0}\"", [$0]) }
    let values: [String?] = [
      "abc", "ABC", "Abcde", "", nil, "42", "10.1.2.3", "2026-11-21T07:38:00Z", "É", "xé", "a éb",
      " /e", String(repeating: "x", count: 30), "\u{0}\u{1}\t\r\n\"\\",
    ]
    var events = [Judge.event([])]
    for one in values {
      events.append(Judge.event([("F", one), ("G", "b")]))
      events.append(Judge.event([("G", "Ab"), ("F", one), ("H", "10.0.0.1")]))
      for other in values { events.append(Judge.event([("F", one), ("F", other), ("G", other)])) }
    }
    expectSame(rules, events)
    expectSame(rules, events, aliases: ["F": "G", "G": "H"])
  }

  @Test func whatFollowsAFailureIsNotSaid() throws {
    let rule = try Judge.rule(
      searches: [
        ("all", [("A", ["1"]), ("B", ["2"])]), ("none", [("A", ["2"]), ("B", ["2"])]),
        ("not", [("A|neq", ["2"]), ("C|neq", ["3"]), ("B|contains|all|neq", ["2", "3"])]),
      ], condition: "all or none")
    var nested = rule
    nested.detection.searches.append(
      Search(
        identifier: "nested",
        expression: .any([
          .all([rule.detection.searches[0].expression, rule.detection.searches[1].expression]),
          .all([]), .any([]),
        ]), line: 1))
    let event = Judge.event([("A", "1"), ("B", "2")])
    expectSame([rule, nested], [event, Judge.event([("A", "1")]), Judge.event([])])
  }

  @Test func longTextsAreCutAtACharacter() throws {
    for head in ["", "a", "ab", "\u{0}"] {
      let long = head + String(repeating: "€", count: 400) + "z"
      let rules = try [
        Judge.rule([("F|startswith", [.text(head)]), ("G", ["x"])]),
        Judge.rule([("F", [.text(long)])]), Judge.rule([("", ["z"])]),
      ]
      let exact =
        head + String(repeating: "b", count: MatchExplanation.maximumValue - head.utf8.count)
      expectSame(
        rules,
        [long, exact, exact + "c"].map { Judge.event([("F", $0), ("G", "x"), ("H", "z")]) })
    }
  }

  /// What a scratch keeps of one event or rule says nothing of the next.
  @Test func aScratchServesManyRules() throws {
    let rules = try (0..<300).map { try Judge.rule("r\($0)", [("F|re", [.text("x\($0)$")])]) }
    let prepared = rules.map { PreparedExplainer($0) }
    var scratch = ExplanationScratch()
    for round in 0..<3 {
      let event = Judge.event([("É", "é"), ("F", "Éx\(round)"), ("G", "x1")])
      scratch.read(event)
      for (rule, prepared) in zip(rules, prepared) {
        let json = String(decoding: prepared.json(of: event, scratch: &scratch), as: UTF8.self)
        #expect(json == RuleExplainer().explain(rule, event).json)
      }
    }
  }

  /// Names that Harrier adds are no part of an event's text.
  @Test func keywordsAreSoughtInTheRecordAlone() throws {
    var event = Judge.event([("A", "ÄB"), ("B", nil), ("C", ""), ("D", "cd")])
    let name = Array("action".utf8)
    let value = Array("login".utf8)
    event.append(name: name.span.bytes, value: value.span.bytes, derived: true)
    let words = ["login", "äb", "b\n\ncd", "ÄB*cd"]
    expectSame(try words.map { try Judge.rule([("", [.text($0)])]) }, [event])
    expectSame([try Judge.rule([("action", ["login"])])], [event])
  }

  /// The matcher looks no further into a value either.
  @Test func regularExpressionsLookAsFarAsTheMatcher() throws {
    let rule = try Judge.rule([("F|re", ["(abcdefghij){300}z|q$"])])
    let limit = try #require(PreparedExplainer(rule).regexes.first).program.textLimit
    for (count, isFound) in [(limit - 1, true), (limit, false)] {
      let event = Judge.event([("F", String(repeating: "-", count: count) + "q")])
      let matcher = Matcher(rules: [rule])
      var matching = matcher.makeScratch()
      #expect(matcher.match(event, scratch: &matching).isEmpty != isFound)
      var scratch = ExplanationScratch()
      scratch.read(event)
      let json = PreparedExplainer(rule).json(of: event, scratch: &scratch)
      #expect(String(decoding: json, as: UTF8.self).contains(#""holds":true"#) == isFound)
    }
  }
}
