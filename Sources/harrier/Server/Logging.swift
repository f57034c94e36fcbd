import Logging
import NIOConcurrencyHelpers
import Telemetry

/// The process's log: JSON lines on standard error, or text on a terminal.
enum Logging {
  private static let started = NIOLockedValueBox(false)

  static func start(level name: String) throws -> Logger {
    guard let level = Logger.Level(rawValue: name) else {
      let known = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
      throw CommandError(.usage, "HARRIER_LOG_LEVEL must be one of \(known)")
    }
    let isFirst = started.withLockedValue { started in
      defer { started = true }
      return !started
    }
    if isFirst {
      let format: LogFormat = LogSink.standardError.isTerminal ? .text : .json
      LoggingSystem.bootstrap { label in
        format.handler(label: label, level: level, sink: .standardError)
      }
    }
    return Logger(label: "harrier")
  }
}
