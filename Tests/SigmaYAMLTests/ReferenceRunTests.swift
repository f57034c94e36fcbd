import Core
import Foundation
import Sigma
import Testing

@testable import SigmaYAML

/// The rules of SigmaHQ on labelled events. A sample unless HARRIER_FULL_REFERENCE_RUN is set.
@Suite struct ReferenceRunTests {
  static let data: String? = {
    let environment = ProcessInfo.processInfo.environment["HARRIER_SHARED_DATA"]
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let path = environment ?? root.deletingLastPathComponent().path + "/shared/data"
    return FileManager.default.fileExists(atPath: path + "/sigma") ? path + "/sigma" : nil
  }()
  static let isPresent = data != nil
  static let isFull = ProcessInfo.processInfo.environment["HARRIER_FULL_REFERENCE_RUN"] != nil

  /// What a program writes; its arguments name the shared files.
  static func output(_ program: String, _ arguments: [String]) throws -> Data {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(program) failed")
    return output
  }

  /// The rules of the archive, loaded once.
  static let loaded: Result<LoadedRules, any Error> = Result {
    let directory = FileManager.default.temporaryDirectory
      .appendingPathComponent("harrier-sigmahq-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    _ = try output(
      "tar", ["-xzf", (data ?? "") + "/sigmahq-rules.tar.gz", "-C", directory.path])
    let folders = ["", "-compliance", "-emerging-threats", "-placeholder", "-threat-hunting"]
    return RuleLoader().load(paths: folders.map { directory.path + "/rules" + $0 })
  }

  struct LabelledEvent: Decodable {
    var eventId: String
    var logsources: [[String?]]
    var fields: [String: String]
  }

  struct Label: Decodable {
    var eventId: String
    var matchedRuleIds: [String]
    var disputedRuleIds: [String]?
  }

  static func lines<Line: Decodable>(_ name: String, as type: Line.Type) throws -> [Line] {
    let bytes = try output("gzip", ["-dc", (data ?? "") + "/\(name).jsonl.gz"])
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try [UInt8](bytes).split(separator: 0x0A).map {
      try decoder.decode(Line.self, from: Data($0))
    }
  }

  @Test(.enabled(if: isPresent, "shared data is absent"))
  func everyRuleLoadsButThosePlaceholdersNeed() throws {
    let loaded = try Self.loaded.get()
    #expect(loaded.set.rules.count == 3755)
    #expect(loaded.refusals.count == 25)
    #expect(loaded.refusals.allSatisfy { $0.code == .placeholder })
    let listed = try JSONSerialization.jsonObject(
      with: Data(contentsOf: URL(fileURLWithPath: Self.data! + "/rules-rejected-placeholders.json"))
    )
    let files = try #require(listed as? [[String]]).map { $0[0] }
    #expect(files.allSatisfy { file in loaded.refusals.contains { $0.file.hasSuffix("/" + file) } })
  }

  @Test(
    .enabled(if: isPresent, "shared data is absent"), arguments: ["evtx", "cloud", "synth"])
  func nothingMissingAndNothingExtra(set name: String) throws {
    let rules = try Self.loaded.get().set.rules
    let matcher = Matcher(rules: rules)
    var scratch = matcher.makeScratch()
    let labels = Dictionary(
      uniqueKeysWithValues: try Self.lines(name + ".expected", as: Label.self).map {
        ($0.eventId, $0)
      })
    var sources: [[[String?]]: LogSourceSet] = [:]
    var missing: [String] = []
    var extra: [String] = []
    var differing: [String] = []
    for (number, line) in try Self.lines(name + ".events", as: LabelledEvent.self).enumerated() {
      guard Self.isFull || number.isMultiple(of: 10) else { continue }
      var event = EventFields()
      for (field, value) in line.fields { event.append(name: field, value: value) }
      let known = sources[line.logsources]
      event.logSources =
        known
        ?? LogSourceSet(
          line.logsources.map { LogSource(category: $0[0], product: $0[1], service: $0[2]) })
      sources[line.logsources] = event.logSources
      let matched = matcher.match(event, scratch: &scratch)
      let found = Set(matched.map { rules[$0].id })
      let label = try #require(labels[line.eventId])
      let expected = Set(label.matchedRuleIds)
      let disputed = Set(label.disputedRuleIds ?? [])
      missing += expected.subtracting(found).subtracting(disputed).map { "\(line.eventId) \($0)" }
      extra += found.subtracting(expected).subtracting(disputed).map { "\(line.eventId) \($0)" }
      // The naive evaluator takes a minute for all of them in a release build.
      guard Self.isFull || number.isMultiple(of: 200) else { continue }
      if NaiveEvaluator().matches(rules, NaiveEvent(event)) != matched {
        differing.append(line.eventId)
      }
    }
    #expect(missing.isEmpty)
    #expect(extra.isEmpty)
    #expect(differing.isEmpty, "the naive evaluator says otherwise")
  }
}
