import Core
import EventScanner
import EventStore
import Foundation
import Sigma
import SigmaYAML
import Testing

/// Real records and rules, kept beside the repository; tests that need them are skipped where they
/// are absent.
enum SharedRecords {
  static let folder: String? = {
    let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let path =
      ProcessInfo.processInfo.environment["HARRIER_SHARED_DATA"] ?? "\(root)/../shared/data"
    return FileManager.default.fileExists(atPath: "\(path)/sigma") ? path : nil
  }()
  static var isPresent: Bool { folder != nil }

  private static func output(_ program: String, _ arguments: [String]) throws -> Data {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(program) failed")
    return output
  }

  /// Every `step`th record of a file whose lines hold it as the member `event`.
  static func records(_ name: String, step: Int) throws -> [[UInt8]] {
    let data = try output("gzip", ["-dc", "\(folder ?? "")/sigma/\(name).raw.jsonl.gz"])
    var tape = JSONTape()
    return try data.split(separator: 0x0A).enumerated().filter { $0.offset % step == 0 }.map {
      let line = Array($0.element)
      try JSONScanner().scanRecord(line.span.bytes, into: &tape)
      let node = tape.member("event", in: line.span.bytes)
      let found = try #require(node)
      return Array(line[tape.nodes[found].value])
    }
  }

  /// The rules of one folder of the archive.
  static func rules(_ path: String) throws -> RuleSet {
    let directory = FileManager.default.temporaryDirectory
      .appendingPathComponent("harrier-backtest-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    _ = try output(
      "tar",
      ["-xzf", "\(folder ?? "")/sigma/sigmahq-rules.tar.gz", "-C", directory.path, path])
    return RuleLoader().load(paths: ["\(directory.path)/\(path)"]).set
  }
}
