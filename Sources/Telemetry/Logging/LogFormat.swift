internal import Glibc
public import Logging

/// The form of log lines.
public enum LogFormat: String, Sendable, CaseIterable {
  case json, text
  /// Text on a terminal, JSON elsewhere.
  case automatic

  /// The handler for a label, as `LoggingSystem.bootstrap` wants one. Colour is used on a terminal
  /// unless `NO_COLOR` is set (no-color.org).
  public func handler(
    label: String, level: Logger.Level, sink: LogSink = .standardError,
    metadataProvider: Logger.MetadataProvider? = nil
  ) -> any LogHandler {
    let isText = self == .text || (self == .automatic && sink.isTerminal)
    guard isText else {
      return JSONLogHandler(
        label: label, level: level, sink: sink, metadataProvider: metadataProvider)
    }
    let noColor = unsafe getenv("NO_COLOR").map { unsafe $0.pointee != 0 } ?? false
    return TextLogHandler(
      label: label, level: level, sink: sink, colored: sink.isTerminal && !noColor,
      metadataProvider: metadataProvider)
  }
}
