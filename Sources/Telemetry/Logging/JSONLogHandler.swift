public import Logging

/// Writes each log line as one JSON object: `ts`, `level`, `logger`, `message`, and the metadata as
/// fields. Fields whose names look secret are redacted.
public struct JSONLogHandler: LogHandler {
  public var metadata: Logger.Metadata = [:]
  public var metadataProvider: Logger.MetadataProvider?
  public var logLevel: Logger.Level
  private let label: String
  private let sink: LogSink

  public init(
    label: String, level: Logger.Level = .info, sink: LogSink = .standardError,
    metadataProvider: Logger.MetadataProvider? = nil
  ) {
    self.label = label
    self.sink = sink
    self.metadataProvider = metadataProvider
    logLevel = level
  }

  public subscript(metadataKey key: String) -> Logger.MetadataValue? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    let line = LogLine(event, label: label, metadata: metadata, provider: metadataProvider)
    sink.write(line.json)
  }
}
