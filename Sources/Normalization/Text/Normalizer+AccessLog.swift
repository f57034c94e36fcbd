internal import Core
internal import EventScanner

extension Normalizer {
  /// Fills the event from an access log line: the W3C names that Sigma's web server rules use, and the
  /// columns.
  mutating func readAccessLine(
    _ line: AccessLine, _ text: [UInt8], _ given: String?, _ event: inout NormalizedEvent
  ) -> ColumnSet {
    appendFields(line, text, &event)
    event.fields.append(name: "message".utf8.span.bytes, value: text.span.bytes)
    event.columns.sourceType = given ?? "webserver"
    event.fields.logSources = logSources.set(sourceType: event.columns.sourceType)
    var filled = ColumnSet()
    fill(line, text, &filled, &event.columns)
    return filled
  }

  /// The same for a line that is the message of a record, which may have said more.
  mutating func readAccessLine(
    _ line: AccessLine, inMessage text: [UInt8], _ filled: inout ColumnSet,
    _ event: inout NormalizedEvent
  ) {
    appendFields(line, text, &event)
    if event.columns.sourceType == "unknown" {
      event.columns.sourceType = "webserver"
      event.fields.logSources = logSources.set(sourceType: "webserver")
    }
    fill(line, text, &filled, &event.columns)
  }

  private func appendFields(
    _ line: AccessLine, _ text: [UInt8], _ event: inout NormalizedEvent
  ) {
    let bytes = text.span.bytes
    func put(_ name: String, _ range: Range<Int>?) {
      guard let range else { return }
      event.fields.append(name: name.utf8.span.bytes, value: bytes.extracting(range))
    }
    put("c-ip", line.client)
    if !Self.isDash(text, line.user) { put("cs-username", line.user) }
    put("date", line.time)
    put("cs-method", line.method)
    put("cs-uri-query", line.uri)
    put("cs-uri-stem", line.path)
    put("c-uri", line.uri)
    put("sc-status", line.status)
    put("sc-bytes", line.size)
    put("cs-referer", line.referer)
    put("cs-user-agent", line.agent)
    put("c-useragent", line.agent)
  }

  private static func isDash(_ text: [UInt8], _ range: Range<Int>) -> Bool {
    range.count == 1 && text[range.lowerBound] == UInt8(ascii: "-")
  }

  /// Fills the columns that nothing has filled yet.
  private func fill(
    _ line: AccessLine, _ text: [UInt8], _ filled: inout ColumnSet, _ columns: inout EventColumns
  ) {
    func string(_ range: Range<Int>, _ limit: Int = TextLimits.name) -> String {
      TextLimits.string(Array(text[range]), limit: limit)
    }
    let bytes = text.span.bytes
    if !filled.contains(.ts), let time = TimestampReader.webServer(bytes, line.time) {
      columns.ts = time
      filled.insert(.ts)
    }
    if !filled.contains(.srcIP),
      let address = AddressReader.v4(bytes, line.client) ?? IPAddress(utf8: text[line.client])
    {
      columns.srcIP = address
      filled.insert(.srcIP)
    }
    if !filled.contains(.user), !Self.isDash(text, line.user) {
      columns.user = string(line.user)
      filled.insert(.user)
    }
    if !filled.contains(.action), let method = line.method {
      columns.action = string(method)
      filled.insert(.action)
    }
    let status = string(line.status)
    if !filled.contains(.eventID) { columns.eventID = status }
    if !filled.contains(.outcome) { columns.outcome = status < "400" ? "success" : "failure" }
    if !filled.contains(.severity) { columns.severity = .informational }
    if !filled.contains(.message) {
      columns.message = string(0..<text.count, TextLimits.message)
    }
    for column in [Column.eventID, .outcome, .severity, .message] { filled.insert(column) }
  }
}
