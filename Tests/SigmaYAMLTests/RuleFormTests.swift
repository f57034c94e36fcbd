import Core
import Sigma
import Testing

@testable import SigmaYAML

/// Odd forms of rules and files that the specification allows, and those that it does not.
@Suite struct RuleFormTests {
  /// "three attributes that are evaluated automatically and an arbitrary number of optional elements".
  @Test(arguments: ["vendor: x", "definition: needs auditing", "tier: [1, 2]", "host_role: dc"])
  func logSourcesHaveOtherElements(element: String) throws {
    let loaded = load(ruleText(detection: plain, logsource: "product: test\n  \(element)"))
    #expect(loaded.refusals.isEmpty, "\(loaded.refusals)")
    #expect(loaded.set.rules.first?.logSource == LogSource(product: "test"))
  }

  @Test(arguments: ["catgory: x", "Category: x", "services: x", "prod: x", "categoryy: x"])
  func butNoMisspeltOnes(element: String) throws {
    let loaded = load(ruleText(detection: plain, logsource: "product: test\n  \(element)"))
    #expect(loaded.set.rules.isEmpty)
    let refusal = try #require(loaded.refusals.first)
    #expect(refusal.code == .unknownKey)
    #expect(refusal.line == 5)
    #expect(refusal.reason.contains("did you mean"))
  }

  @Test(arguments: [
    ("category: c", [true, false, true]), ("product: p", [false, true, true]),
    ("{category: C, product: P}", [false, false, true]), ("service: s", [false, false, true]),
    ("{category: c, service: other}", [false, false, false]),
  ])
  func everyAttributeThatIsSetMustFit(logsource: String, expected: [Bool]) throws {
    let isMap = logsource.hasPrefix("{")
    let text = ruleText(detection: plain, logsource: isMap ? "category: x" : logsource)
      .replacing("logsource:\n    category: x", with: "logsource: \(logsource)")
    let loaded = load(
      isMap ? text.replacing("logsource:\n  category: x", with: "logsource: \(logsource)") : text)
    let rule = try #require(loaded.set.rules.first, "\(loaded.refusals)")
    let sources = [
      LogSource(category: "c"), LogSource(product: "p"),
      LogSource(category: "c", product: "p", service: "s"),
    ]
    for (source, expected) in zip(sources, expected) {
      var event = EventFields()
      event.append(name: "Field", value: "value")
      event.logSources = LogSourceSet([source])
      #expect(NaiveEvaluator().matches(rule, NaiveEvent(event)) == expected, "\(source)")
    }
  }

  /// Keys that the specification does not know are "arbitrary custom fields".
  @Test(arguments: [
    "custom: {a: [1]}", "related:\n  - id: x\n    type: derived", "related: nonsense",
    "scope: [server]", "license: MIT", "date: 2026/11/21", "date: 21. November", "modified: 2026",
    "taxonomy: sigma", "author: [A, B]", "tags: attack.t1059", "references: https://example.org",
    "falsepositives: none", "status: Stable", "status: deprecated", "regression_tests_path: x",
    "simulation: [{type: atomic}]", "tags:\n  -\n  - attack.t1059", "description: ''",
  ])
  func otherKeys(key: String) throws {
    let loaded = load(ruleText(detection: plain, more: key))
    #expect(loaded.refusals.isEmpty, "\(loaded.refusals)")
    #expect(loaded.set.rules.count == 1)
  }

  @Test func levelsHaveNoCase() throws {
    let loaded = load(ruleText(detection: plain).replacing("level: high", with: "level: Critical"))
    #expect(loaded.set.rules.first?.level == .critical)
  }

  /// Documents that `action` merges into one another are refused together, since each alone would mean
  /// another thing than it says.
  @Test func collectionsOfOldSigma() throws {
    let global = "action: global\ntitle: All\ndetection:\n  filter:\n    F: x\n"
    let loaded = load(
      ruleText(id: "r0", detection: plain) + "\n---\n" + global + "---\n"
        + ruleText(id: "r1", detection: plain)
        + "\n---\nlogsource: {product: x}\n---\naction: reset\n---\n"
        + ruleText(id: "r2", detection: plain) + "\n---\naction: repeat\ndetection: {a: b}\n")
    #expect(loaded.set.rules.map(\.id) == ["r0", "r2"])
    #expect(loaded.refusals.count == 5)
    #expect(loaded.refusals.allSatisfy { $0.code == .unsupported && $0.reason.contains("write") })
    #expect(loaded.refusals[1].reason.contains("line \(loaded.refusals[0].line)"))
    let broken = load("action: global\ntitle: [\n---\n" + ruleText(detection: plain))
    #expect(broken.set.rules.isEmpty)
    #expect(broken.refusals.map(\.code) == [.unreadable, .unsupported])
  }

  @Test(arguments: [
    "\u{FEFF}", "%YAML 1.2\n---\n", "\u{FEFF}---\n", "# a comment\n\n", "--- # begin\n", "\n\n\n",
    "---\n---\n", "\u{FEFF}%YAML 1.1\n---\n", "...\n---\n",
  ])
  func whatMayStandBeforeARule(start: String) {
    for text in [
      ruleText(detection: plain), ruleText(detection: plain).replacing("\n", with: "\r\n"),
    ] {
      let loaded = load(start + text)
      #expect(loaded.refusals.isEmpty, "\(loaded.refusals)")
      #expect(loaded.set.rules.map(\.id) == ["r1"])
    }
  }

  @Test func filesThatWereJoined() {
    let one = "\u{FEFF}---\n" + ruleText(detection: plain) + "\n"
    let two = "\u{FEFF}---\n" + ruleText(id: "r2", detection: plain) + "\n"
    let loaded = load(one + two)
    #expect(loaded.refusals.isEmpty, "\(loaded.refusals)")
    #expect(loaded.set.rules.map(\.id) == ["r1", "r2"])
  }

  /// Each mistake with the line that it is on and a word of what to do.
  @Test(arguments: [
    ("selection:\n\tField: x\ncondition: selection", 7, "indent with blanks"),
    ("selection:\n  F: *.exe\ncondition: selection", 7, "quote a value"),
    ("selection:\n  F: a: b\ncondition: selection", 7, "quote a value"),
    ("selection:\n  F: @a\ncondition: selection", 7, "quote the value"),
    ("selection:\n  F: 'open\ncondition: selection", 11, "close the quote"),
    ("selection:\n  F|contains: %a%\ncondition: selection", 7, "quote the value"),
    ("selection:\n  - F: x\n   G: y\ncondition: selection", 8, "indentation"),
  ])
  func mistakes(detection: String, line: Int, word: String) throws {
    let loaded = load(ruleText(detection: detection))
    #expect(loaded.set.rules.isEmpty)
    let refusal = try #require(loaded.refusals.first)
    #expect(refusal.code == .unreadable)
    #expect(abs(refusal.line - line) <= 1, "\(refusal)")
    #expect(refusal.reason.contains(word), "\(refusal)")
  }

  @Test(arguments: [
    "selection:\n", "selection: null\n", "selection: []\n", "selection: {}\n", "selection: [{}]\n",
    "selection: [[]]\n", "selection: [null]\n", "selection: ['']\n", "selection: '*'\n",
    "selection:\n  - F: x\n  -\n", "selection:\n  F: {a: b}\n", "selection:\n  '|all': [x]\n",
    "selection:\n  '': x\n  '|exists': true\n", "selection:\n  '|startswith': x\n",
    "selection:\n  '|gt': 5\n",
  ])
  func searchesThatMeanNothing(search: String) throws {
    let loaded = load(ruleText(detection: search + "condition: selection"))
    #expect(loaded.set.rules.isEmpty)
    let refusal = try #require(loaded.refusals.first)
    #expect((6...9).contains(refusal.line), "\(refusal)")
    #expect(!refusal.reason.isEmpty)
  }

  @Test func anEmptyTextHoldsNothing() {
    for text in ["", "\n", "# only a comment\n", "---\n", "---\n...\n", "\u{FEFF}"] {
      let loaded = load(text)
      #expect(loaded.set.rules.isEmpty)
      #expect(loaded.refusals.isEmpty, "\(text.debugDescription): \(loaded.refusals)")
    }
    for text in ["- a\n- b\n", "just text\n", "42\n"] {
      #expect(load(text).refusals.map(\.code) == [.structure])
    }
  }
}
