import Foundation
import Glibc
import Logging
import Telemetry

/// Lines that a handler wrote to a file without a name.
final class LogCapture: @unchecked Sendable {
  struct NoFile: Error {}

  let sink: LogSink
  private let descriptor: Int32
  private var offset = 0

  init() throws {
    var name = Array("/tmp/harrier-log-XXXXXX".utf8CString)
    descriptor = mkstemp(&name)
    guard descriptor >= 0 else { throw NoFile() }
    unlink(name)
    sink = LogSink(descriptor: descriptor)
  }

  deinit {
    close(descriptor)
  }

  /// What was written since the last call.
  func text() -> String {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = pread(descriptor, &buffer, buffer.count, offset)
      guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
      bytes += buffer[..<count]
      offset += count
    }
  }

  /// Each line as Foundation reads it.
  func objects() throws -> [[String: Any]] {
    try text().split(separator: "\n").map { line in
      try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
    }
  }

  func jsonLogger(_ level: Logger.Level = .trace) -> Logger {
    Logger(label: "harrier.test") { [sink] in JSONLogHandler(label: $0, level: level, sink: sink) }
  }

  func textLogger(colored: Bool = false) -> Logger {
    Logger(label: "harrier.test") { [sink] in
      TextLogHandler(label: $0, level: .trace, sink: sink, colored: colored)
    }
  }
}
