internal import Foundation

/// Runs a program to its end.
enum CommandLineProgram {
  struct Output: Sendable {
    var status: Int32
    var standardOutput: String
    var standardError: String
  }

  /// Foundation opens what tells it of a program's end so that whatever another thread starts in the same
  /// moment inherits it; this one would then seem to run until that other one has ended.
  private static let starting = NSLock()

  /// - Parameter input: what the program reads on standard input.
  static func run(
    _ path: String, _ arguments: [String], environment: [String: String] = [:], input: String = ""
  ) async throws -> Output {
    try await onOwnThread {
      let process = Process()
      process.executableURL = URL(filePath: path)
      process.arguments = arguments
      process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
      let (given, taken, complaint) = try starting.withLock {
        let pipes = (Pipe(), Pipe(), Pipe())
        (process.standardInput, process.standardOutput, process.standardError) = pipes
        try process.run()
        return pipes
      }
      try given.fileHandleForWriting.write(contentsOf: Data(input.utf8))
      try given.fileHandleForWriting.close()
      // Standard error is small here and fits the pipe while standard output is read.
      let output = taken.fileHandleForReading.readDataToEndOfFile()
      let error = complaint.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      return Output(
        status: process.terminationStatus,
        standardOutput: String(decoding: output, as: UTF8.self),
        standardError: String(decoding: error, as: UTF8.self))
    }
  }

  /// The program's path, from `PATH` or from Debian's folders of PostgreSQL versions, newest first.
  static func find(_ name: String) throws -> String {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    let servers = "/usr/lib/postgresql"
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: servers)) ?? []
    let folders =
      path.split(separator: ":").map(String.init)
      + versions.compactMap(Int.init).sorted(by: >).map { "\(servers)/\($0)/bin" }
    for folder in folders {
      let candidate = "\(folder)/\(name)"
      if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
    }
    throw HarnessError("\(name) is not installed: run ops/setup")
  }
}
