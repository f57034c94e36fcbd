import Sigma
import Testing

@testable import SigmaYAML

/// A rule is refused, with its place and reason, rather than run otherwise than written.
@Suite struct RefusalTests {
  private func refusal(
    _ text: String, location: Testing.SourceLocation = #_sourceLocation
  ) throws -> RuleRefusal {
    let loaded = load(text)
    #expect(loaded.set.rules.isEmpty, sourceLocation: location)
    #expect(loaded.set.correlations.isEmpty, sourceLocation: location)
    return try #require(loaded.refusals.first, sourceLocation: location)
  }

  @Test(arguments: [
    ("selection:\n  F|expand: '%admins%'\ncondition: selection", SigmaError.Code.placeholder, 7),
    ("selection:\n  F|foo: x\ncondition: selection", .unknownModifier, 7),
    ("selection:\n  F|re: '('\ncondition: selection", .regex, 7),
    ("selection:\n  F|re: 'a(?=b)'\ncondition: selection", .regex, 7),
    ("selection:\n  F: x\ncondition: selektion", .condition, 8),
    ("selection:\n  F: x\ncondition: selection | count() > 5", .condition, 8),
    ("selection:\n  F: x", .structure, 6),
    ("condition: selection", .structure, 6),
    ("selection:\n  F: x\ntimeframe: 5m\ncondition: selection", .unsupported, 8),
    ("selection: {}\ncondition: selection", .structure, 6),
    ("selection: []\ncondition: selection", .structure, 6),
    ("selection:\n  F: []\ncondition: selection", .structure, 7),
    ("selection:\n  F:\n    g: x\ncondition: selection", .structure, 8),
    ("selection:\n  F:\n    - [x]\ncondition: selection", .structure, 8),
    ("selection:\n  F: x\n  F: y\ncondition: selection", .duplicate, 7),
    ("selection:\n  F|cidr: nonsense\ncondition: selection", .value, 7),
    ("'sel ection':\n  F: x\ncondition: selection", .unknownKey, 6),
    ("selection:\n  <<: {a: b}\n  F: x\ncondition: selection", .unsupported, 7),
    ("selection:\n  F|contains: null\ncondition: selection", .modifierMisuse, 7),
    ("selection: ''\ncondition: selection", .value, 6),
  ])
  func detections(detection: String, code: SigmaError.Code, line: Int) throws {
    let refusal = try refusal(ruleText(detection: detection))
    #expect(refusal.code == code, "\(refusal)")
    #expect(refusal.line == line, "\(refusal)")
    #expect(refusal.file == "rules.yml")
    #expect(refusal.rule == "r1" || code == .duplicate || code == .unsupported)
  }

  @Test(arguments: [
    ("title: A rule", "titel: A rule"), ("product: test", "prodct: test"),
    ("product: test", "definition: x"), ("level: high", "level: hihg"),
    ("level: high", "status: brandnew"), ("level: high", "taxonomy: ecs"),
    ("level: high", "action: global"), ("level: high", "tags: {a: b}"),
    ("logsource:", "logsurce:"), ("detection:", "detections:"), ("id: r1", "id: [r1]"),
    ("id: r1", "correlation: {}"),
  ])
  func otherParts(part: String, mistake: String) throws {
    let text = ruleText(detection: plain).replacing(part, with: mistake)
    #expect(try !refusal(text).reason.isEmpty)
  }

  @Test func aBrokenDocumentCostsOnlyItself() {
    let loaded = load(
      ruleText(detection: plain) + "\n---\ntitle: [unclosed\n---\n"
        + ruleText(id: "r2", detection: plain) + "\n---\nnot a map\n")
    #expect(loaded.set.rules.map(\.id) == ["r1", "r2"])
    #expect(loaded.refusals.map(\.code) == [.unreadable, .structure])
    #expect(loaded.refusals[0].line >= 12)
  }

  @Test func duplicateIDs() {
    let loaded = load(ruleText(detection: plain) + "\n---\n" + ruleText(detection: plain))
    #expect(loaded.set.rules.count == 1)
    #expect(loaded.refusals.map(\.code) == [.duplicate])
    #expect(loaded.refusals[0].reason.contains("rules.yml:1"))
  }

  @Test func deepNesting() throws {
    let texts = [
      "brackets": String(repeating: "[", count: 100_000),
      "braces": String(repeating: "{a: ", count: 50_000),
      "dashes": String(repeating: "- ", count: 100_000),
      "keys": "a:\n" + String(repeating: "? ", count: 50_000),
      "indents": (0..<2000).map { String(repeating: " ", count: $0) + "a:" }
        .joined(separator: "\n"),
      "closed":
        "k: " + String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000),
    ]
    for (name, text) in texts { #expect(try refusal(text).code == .limit, "\(name)") }
  }

  @Test func aliasBombs() throws {
    var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1..<12 {
      let uses = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      bomb += "a\(level): &a\(level) [\(uses)]\n"
    }
    #expect(try refusal(bomb).code == .limit)
    let keys = "a: &a [x]\nb: &b {? *a : *a}\nc: &c {? [*b, *b] : x}\nd: &d {? [*c, *c] : y}\n"
    #expect(try refusal(keys).code == .limit)
    var wide = "a: &a [" + String(repeating: "x, ", count: 20_000) + "x]\n"
    for index in 0..<15 { wide += "b\(index): *a\n" }
    #expect(try refusal(wide).code == .limit)
  }

  /// What a few kilobytes of rule can ask for is bounded too.
  @Test func weights() throws {
    let dashes = (0..<2000).map { "    - -a\($0) -b -c -d" }.joined(separator: "\n")
    let texts = [
      "selection:\n  F|windash:\n\(dashes)\ncondition: selection",
      (0..<10).map { "s\($0):\n  F|windash: '-a -b -c -d'\n" }.joined()
        + "condition: " + Array(repeating: "all of them", count: 200).joined(separator: " or "),
    ]
    for text in texts { #expect(try refusal(ruleText(detection: text)).code == .limit) }
    let regex = try FieldItem(key: "F|re", scalars: [.text("[a-f]{1000}x[a-f]{1000}")], line: 1)
    #expect(regex.weight > 500)
  }

  @Test func sizes() throws {
    var limits = RuleLoaderLimits()
    limits.bytesPerFile = 100
    limits.documentsPerFile = 2
    let long = RuleLoader(limits: limits).load(text: ruleText(detection: plain), file: "f.yml")
    #expect(long.refusals.map(\.code) == [.limit])
    let many = RuleLoader(limits: limits).load(text: "a\n---\nb\n---\nc\n", file: "f.yml")
    #expect(many.refusals.map(\.code) == [.limit])
  }
}
