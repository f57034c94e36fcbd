import Core
import Sigma
import Testing

@testable import SigmaYAML

@Suite struct RuleLoadingTests {
  @Test func readsEverything() throws {
    let loaded = load(
      """
      title: Suspicious thing
      id: 929a690e-bef0-4204-a928-ef5e620d6fcc
      name: thing
      status: test
      description: What it is about
      references:
        - https://example.org/a
      author: Somebody
      date: 2026-11-21
      modified: 2026-11-22
      tags:
        - attack.execution
        - attack.t1059.001
      logsource:
        category: Process_Creation
        product: windows
        definition: needs auditing
      detection:
        selection:
          Image|endswith: '\\cmd.exe'
          EventID:
            - 1
            - 4688
        keywords:
          - evil
        condition: selection or keywords
      fields:
        - Image
      falsepositives:
        - Administrators
      level: critical
      custom: ignored
      """)
    #expect(loaded.refusals.isEmpty)
    let rule = try #require(loaded.set.rules.first)
    #expect(rule.id == "929a690e-bef0-4204-a928-ef5e620d6fcc")
    #expect(rule.name == "thing")
    #expect(rule.status == .test)
    #expect(rule.level == .critical)
    #expect(rule.date == "2026-11-21")
    #expect(rule.logSource == LogSource(category: "process_creation", product: "windows"))
    #expect(rule.attack.techniques == ["T1059.001"])
    #expect(rule.falsePositives == ["Administrators"])
    #expect(rule.fields == ["Image"])
    #expect(rule.detection.searches.map(\.identifier) == ["selection", "keywords"])
    #expect(rule.detection.condition == .or([.search(0), .search(1)]))
    #expect(rule.location == RuleLocation(file: "rules.yml", line: 1))
    guard case .all(let items) = rule.detection.searches[0].expression,
      case .item(let image) = items[0], case .item(let event) = items[1]
    else {
      Issue.record("another shape")
      return
    }
    #expect(image.modifiers == ["endswith"])
    #expect(image.line == 20)
    #expect(event.values.map(\.text) == ["1", "4688"])
  }

  @Test func scalarsKeepTheirText() throws {
    let loaded = load(
      ruleText(
        detection: """
          selection:
            A: 0x17
            B: 00000429
            C: true
            D: '42'
            E: null
            F: ''
            G: yes
            H: 1.50
            I: ~
            J:
          condition: selection
          """))
    #expect(loaded.refusals.isEmpty)
    let rule = try #require(loaded.set.rules.first)
    var texts: [String: String] = [:]
    rule.detection.searches[0].expression.forEachItem { item in
      texts[item.field ?? ""] = "\(item.values[0].alternatives[0] == .null)/\(item.values[0].text)"
    }
    #expect(
      texts == [
        "A": "false/0x17", "B": "false/00000429", "C": "false/true", "D": "false/42",
        "E": "true/null", "F": "false/", "G": "false/yes", "H": "false/1.50", "I": "true/null",
        "J": "true/null",
      ])
  }

  @Test func listsOfMapsAreAnOr() throws {
    let loaded = load(
      ruleText(
        detection: """
          selection:
            - A: x
              B: y
            - C: z
            - keyword
            - - D: v
              - E: w
          condition: selection
          """))
    #expect(loaded.refusals.isEmpty)
    let rule = try #require(loaded.set.rules.first)
    guard case .any(let parts) = rule.detection.searches[0].expression else {
      Issue.record("no list")
      return
    }
    #expect(parts.count == 4)
  }

  @Test func conditionListsAreAnOr() throws {
    let loaded = load(
      ruleText(
        detection: "a:\n  A: x\nb:\n  B: y\ncondition:\n  - a\n  - a and b"))
    let rule = try #require(loaded.set.rules.first)
    #expect(rule.detection.condition == .or([.search(0), .and([.search(0), .search(1)])]))
    #expect(rule.detection.conditionText == "(a) or (a and b)")
  }

  @Test func anIDMayBeMissing() throws {
    let text = ruleText(detection: plain).replacing("id: r1\n", with: "")
    #expect(load(text).set.rules.first?.id == "A rule")
    #expect(load("name: n\n" + text).set.rules.first?.id == "n")
    #expect(load(text.replacing("level: high", with: "")).set.rules.first?.level == .medium)
  }

  @Test func severalDocumentsAndWindowsLines() {
    let text =
      "---\r\n" + ruleText(detection: plain).replacing("\n", with: "\r\n")
      + "\r\n---\r\n# nothing\r\n---\r\n" + ruleText(id: "r2", detection: plain) + "\n...\n"
    let loaded = load(text)
    #expect(loaded.refusals.isEmpty)
    #expect(loaded.set.rules.map(\.id) == ["r1", "r2"])
    #expect(loaded.set.rules.map(\.location.line) == [2, 15])
  }

  @Test func blockScalarsMayHoldAnything() {
    let loaded = load(
      ruleText(
        detection: plain,
        more: "description: |\n  text with & and *stars\n  - *not an alias\n  [[[[ {{{{\n"))
    #expect(loaded.refusals.isEmpty)
  }

  @Test func aFewAliasesAreFollowed() throws {
    let loaded = load(
      ruleText(
        detection: """
          one:
            A: &list
              - x
              - y
          two:
            B: *list
          condition: one or two
          """))
    #expect(loaded.refusals.isEmpty)
    let rule = try #require(loaded.set.rules.first)
    guard case .item(let item) = rule.detection.searches[1].expression else {
      Issue.record("no item")
      return
    }
    #expect(item.values.map(\.text) == ["x", "y"])
  }

  @Test func reportsAsJSON() {
    let loaded = load(ruleText(detection: plain) + "\n---\ntitle: \"a \\\"b\\\"\"\n")
    #expect(
      loaded.report.json
        == #"{"loaded":1,"refused":[{"file":"rules.yml","line":12,"rule":"a \"b\"","reason":"neither detection, correlation nor filter: this is no rule"}]}"#
    )
    #expect(loaded.report.text.hasSuffix("1 rules loaded, 1 refused"))
  }

  @Test func aConvertersTableBesideRulesIsNoRule() {
    let table = """
      title: THOR
      backends: [thor]
      logsources:
        security:
          product: windows
          service: security
          sources: ["WinEventLog:Security"]
      """
    #expect(
      RuleLoader().load(text: table, file: "thor.yml").report.json == #"{"loaded":0,"refused":[]}"#)
    let typo = table + "\ndetection:\n  a:\n    b: c\n  condition: a\n"
    #expect(RuleLoader().load(text: typo, file: "rule.yml").refusals.count == 1)
  }
}
