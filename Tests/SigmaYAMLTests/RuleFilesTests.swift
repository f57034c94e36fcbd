import Foundation
import Sigma
import Testing

@testable import SigmaYAML

@Suite struct RuleFilesTests {
  /// Makes a directory of the given files and removes it afterwards.
  private func withFiles(_ files: [String: String], _ body: (String) throws -> Void) throws {
    let root = FileManager.default.temporaryDirectory
      .appendingPathComponent("harrier-rules-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: root) }
    for (name, text) in files {
      let file = root.appendingPathComponent(name)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    try body(root.path)
  }

  @Test func directoriesInTheOrderOfNames() throws {
    try withFiles([
      "b/two.yml": ruleText(id: "2", detection: plain),
      "a.yaml": ruleText(id: "1", detection: plain),
      "c.yml": ruleText(id: "3", detection: plain), "note.md": "no rule", ".hidden.yml": "x: [",
      "data.json": "{}",
    ]) { root in
      let loaded = RuleLoader().load(paths: [root])
      #expect(loaded.refusals.isEmpty)
      #expect(loaded.set.rules.map(\.id) == ["1", "2", "3"])
      #expect(loaded.set.rules[1].location.file == root + "/b/two.yml")
    }
  }

  @Test func correlationsReachAcrossFiles() throws {
    try withFiles([
      "z.yml": ruleText(id: "1", detection: plain),
      "a.yml": """
      title: c
      id: c
      correlation: {type: event_count, rules: ["1"], timespan: 1m, condition: {gte: 2}}
      """,
    ]) { root in
      let loaded = RuleLoader().load(paths: [root + "/a.yml", root + "/z.yml"])
      #expect(loaded.refusals.isEmpty)
      #expect(loaded.set.correlations.count == 1)
    }
  }

  @Test func whatCannotBeReadIsRefused() throws {
    try withFiles(["latin.yml": ""]) { root in
      try Data([0x74, 0x3A, 0xE9]).write(to: URL(fileURLWithPath: root + "/latin.yml"))
      let loaded = RuleLoader().load(paths: [root, root + "/absent.yml"])
      #expect(loaded.refusals.map(\.code) == [.unreadable, .unreadable])
      #expect(loaded.refusals.contains { $0.reason.contains("no such file") })
      #expect(loaded.refusals.contains { $0.reason.contains("not UTF-8") })
    }
  }

  @Test func linksInACircleEnd() throws {
    try withFiles(["a/rule.yml": ruleText(detection: plain)]) { root in
      try FileManager.default.createSymbolicLink(
        atPath: root + "/a/again", withDestinationPath: root)
      #expect(RuleLoader().load(paths: [root]).set.rules.count == 1)
    }
  }

  @Test func boundedNumberAndSize() throws {
    try withFiles([
      "a.yml": ruleText(id: "1", detection: plain), "b.yml": ruleText(id: "2", detection: plain),
      "c.yml": ruleText(id: "3", detection: plain),
    ]) { root in
      var limits = RuleLoaderLimits()
      limits.files = 2
      let loaded = RuleLoader(limits: limits).load(paths: [root])
      #expect(loaded.set.rules.count == 2)
      #expect(loaded.refusals.map(\.code) == [.limit])
      limits = RuleLoaderLimits()
      limits.bytesPerFile = 10
      #expect(RuleLoader(limits: limits).load(paths: [root]).refusals.count == 3)
    }
  }

  @Test func aByteOrderMarkIsDropped() throws {
    try withFiles(["a.yml": "\u{FEFF}" + ruleText(detection: plain)]) { root in
      #expect(RuleLoader().load(paths: [root]).set.rules.count == 1)
    }
  }

  /// Harrier's own rules run, each correlation has its tests, and nothing is informational by mistake.
  @Test(.enabled(if: RuleFilesTests.ownRulesPath != nil, "ops/rules is not above this file"))
  func ownRules() throws {
    let path = try #require(Self.ownRulesPath)
    let loaded = RuleLoader().load(paths: [path])
    #expect(loaded.refusals.isEmpty, "\(loaded.refusals)")
    let tests = try FileManager.default.contentsOfDirectory(atPath: path + "/tests")
    for index in loaded.set.correlations.indices {
      let rule = loaded.set.correlations[index]
      #expect(tests.contains("\(rule.name ?? "").json"), "\(rule.title)")
      #expect(!rule.attack.techniques.isEmpty)
      #expect(!rule.falsePositives.isEmpty)
      #expect(loaded.set.generatesOwnIncidents(correlation: index) || rule.level == .informational)
    }
    for rule in loaded.set.rules where rule.level != .informational {
      #expect(tests.contains("\(rule.name ?? "").json"), "\(rule.title)")
    }
  }

  static let ownRulesPath: String? = {
    var root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    while root.path != "/" {
      let path = root.path + "/ops/rules"
      if FileManager.default.fileExists(atPath: path) { return path }
      root.deleteLastPathComponent()
    }
    return nil
  }()
}
