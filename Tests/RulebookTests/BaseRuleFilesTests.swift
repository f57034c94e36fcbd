import Foundation
import RuleStore
import Sigma
import Testing

@testable import Rulebook

/// Rule files as they are published.
@Suite struct BaseRuleFilesTests {
  private func read(_ files: [String: String]) throws -> BaseRuleFiles {
    let folder = FileManager.default.temporaryDirectory.appending(path: "rules-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, text) in files {
      try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
    }
    return BaseRuleFiles(paths: [folder.path])
  }

  @Test func eachDocumentHasItsOwnText() throws {
    let one = Book.rule("one", "user: root")
    let two = Book.correlation("two", of: ["one"])
    let three = Book.filter("three", of: [], "host: lab")
    let files = try read(["a.yml": "# all\n---\n\(one)\n\n---\n\n\(two)...\n", "b.yaml": three])
    #expect(files.documents.map(\.source) == [one, two, three])
    #expect(files.documents.map(\.id) == ["one", "two", "three"])
    #expect(files.documents.map(\.kind) == [.detection, .correlation, .filter])
    #expect(files.refusals.isEmpty)
  }

  @Test func whatIsStoredReadsAsTheFileDid() throws {
    let files = try read([
      "a.yml": Book.rule("one", "user: root") + "---\n" + Book.rule("two", "host: web")
        + "---\n" + Book.correlation("three", of: ["one", "two"])
    ])
    let records = files.documents.map { Book.record($0.source, isBase: true) }
    let parsed = ParsedRules(records)
    #expect(parsed.refusals.isEmpty)
    #expect(parsed.rules.map(\.id) == ["one", "two"])
    #expect(parsed.correlations.map(\.id) == ["three"])
  }

  @Test func refusalsNameFileAndLine() throws {
    let files = try read([
      "a.yml": Book.rule("one", "user: root") + "---\n" + Book.rule("two", "user|nope: root"),
      "b.yml": Book.rule("one", "user: root"),
      "c.yml": Book.correlation("three", of: ["gone"]),
      "d.yml": "title: [",
      "e.yml": Book.rule("five", "user: x").replacing("title: rule", with: "title: \"a\\0\" #"),
    ])
    #expect(files.documents.map(\.id) == ["one", "three"])
    let shown = files.refusals.map { refusal in
      "\(refusal.file.split(separator: "/").last ?? "") \(refusal.line) \(refusal.code.rawValue)"
    }
    #expect(
      shown == [
        "a.yml 18 unknown_modifier", "b.yml 1 duplicate", "c.yml 1 unknown_reference",
        "d.yml 2 unreadable", "e.yml 1 value",
      ])
  }
}
