public import Logging

/// Writes log lines for a person at a terminal. Fields whose names look secret are redacted.
public struct TextLogHandler: LogHandler {
  public var metadata: Logger.Metadata = [:]
  public var metadataProvider: Logger.MetadataProvider?
  public var logLevel: Logger.Level
  private let label: String
  private let sink: LogSink
  private let isColored: Bool

  public init(
    label: String, level: Logger.Level = .info, sink: LogSink = .standardError,
    colored: Bool = false, metadataProvider: Logger.MetadataProvider? = nil
  ) {
    self.label = label
    self.sink = sink
    self.metadataProvider = metadataProvider
    isColored = colored
    logLevel = level
  }

  public subscript(metadataKey key: String) -> Logger.MetadataValue? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    let line = LogLine(event, label: label, metadata: metadata, provider: metadataProvider)
    sink.write(line.text(colored: isColored))
  }
}
