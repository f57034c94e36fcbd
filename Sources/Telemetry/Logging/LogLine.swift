internal import Core
internal import Logging

/// What a log line says, before it has a form.
struct LogLine {
  let time: Timestamp
  let level: Logger.Level
  let label: String
  let message: String
  let fields: [(String, LogField)]

  private static let ownNames: Set<String> = ["ts", "level", "logger", "message"]

  /// Puts together what is known: the event's fields win over the provider's, and those over the
  /// logger's. A field with a name that each line has itself gets an underscore behind it.
  init(
    _ event: LogEvent, label: String, metadata: Logger.Metadata,
    provider: Logger.MetadataProvider?
  ) {
    time = .now
    level = event.level
    self.label = label
    message = LogField.cut(event.message.description)
    var all = metadata
    if let provided = provider?.get(), !provided.isEmpty { all.merge(provided) { $1 } }
    if let own = event.metadata, !own.isEmpty { all.merge(own) { $1 } }
    if let error = event.error { all["error"] = .string("\(error)") }
    fields = LogField.fields(all).map { name, field in
      (Self.ownNames.contains(name) ? name + "_" : name, field)
    }
  }

  /// One JSON object and a line feed.
  var json: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(256)
    bytes.append(contentsOf: "{\"ts\":\"\(time)\",\"level\":\"\(level.rawValue)\",\"logger\":".utf8)
    JSONText.append(label, to: &bytes)
    bytes.append(contentsOf: ",\"message\":".utf8)
    JSONText.append(message, to: &bytes)
    if !fields.isEmpty { bytes.append(UInt8(ascii: ",")) }
    JSONText.append(fields, to: &bytes)
    bytes.append(contentsOf: "}\n".utf8)
    return bytes
  }
}
