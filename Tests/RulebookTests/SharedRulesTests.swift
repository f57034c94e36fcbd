import Core
import Foundation
import RuleStore
import Sigma
import Testing

@testable import Rulebook

/// A large installation's rules: those of SigmaHQ.
@Suite struct SharedRulesTests {
  static let archive: String = {
    let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let folder =
      ProcessInfo.processInfo.environment["HARRIER_SHARED_DATA"] ?? "\(root)/../shared/data"
    return "\(folder)/sigma/sigmahq-rules.tar.gz"
  }()
  static let isPresent = FileManager.default.fileExists(atPath: archive)

  private func files() throws -> BaseRuleFiles {
    let folder = FileManager.default.temporaryDirectory.appending(path: "sigmahq-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["tar", "-xzf", Self.archive, "-C", folder.path]
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return BaseRuleFiles(
      paths: ["", "-compliance", "-emerging-threats", "-placeholder", "-threat-hunting"].map {
        "\(folder.path)/rules\($0)"
      })
  }

  @Test(.enabled(if: isPresent, "shared data is absent"))
  func allAreCompiledOnceAndNarrowedForOne() throws {
    let files = try files()
    #expect(files.documents.count == 3_755)
    #expect(files.refusals.count == 25)
    #expect(files.refusals.allSatisfy { $0.code == .placeholder })
    let base = CompiledBase(
      BaseRules(
        revision: 1,
        rules: files.documents.map {
          RuleRecord(
            id: $0.id, version: 1, kind: $0.kind, isBase: true, title: $0.title, level: $0.level,
            source: $0.source, createdAt: Book.arrival, createdBy: "test")
        }))
    #expect(base.parsed.refusals.isEmpty)
    #expect(base.standard.detector.layers.map(\.rules.count) == [3_755])
    let disabled = Dictionary(
      uniqueKeysWithValues: files.documents.prefix(100).map { ($0.id, RuleMode.disabled) })
    let rules = base.compile(
      Book.own(
        Book.record(
          Book.filter("f", of: [], "User: build").replacing("linux", with: "windows")),
        modes: disabled))
    #expect(rules.detector.layers[0].layer === base.layer)
    #expect(rules.running.count == 3_655)
    let narrowed = try #require(rules.detector.layers.last).rules.count
    #expect((100...3_655).contains(narrowed))
  }
}
