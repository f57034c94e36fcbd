import EventScanner
import Foundation

/// Real records of many sources, kept beside the repository; tests that need them are skipped where
/// they are absent.
enum SharedData {
  static let directory: URL? = {
    let environment = ProcessInfo.processInfo.environment["HARRIER_SHARED_DATA"]
    let candidate =
      environment.map { URL(filePath: $0) }
      ?? URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared/data")
    return FileManager.default.fileExists(atPath: candidate.path()) ? candidate : nil
  }()

  static var isPresent: Bool { directory != nil }

  /// The lines of a file, which may be compressed.
  static func lines(_ path: String) throws -> [[UInt8]] {
    let file = directory!.appending(path: path)
    var data: Data
    if path.hasSuffix(".gz") {
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/env")
      process.arguments = ["gzip", "-dc", file.path()]
      let pipe = Pipe()
      process.standardOutput = pipe
      try process.run()
      data = try pipe.fileHandleForReading.readToEnd() ?? Data()
      process.waitUntilExit()
    } else {
      data = try Data(contentsOf: file)
    }
    return data.split(separator: 0x0A).map { Array($0) }
  }
}

/// The JSON text of one member of a record.
func member(_ name: StaticString, of line: [UInt8]) throws -> [UInt8] {
  var tape = JSONTape()
  try JSONScanner().scanRecord(line.span.bytes, into: &tape)
  guard let index = tape.member(name, in: line.span.bytes) else { return [] }
  return Array(line[tape.nodes[index].value])
}
