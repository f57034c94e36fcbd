internal import Core
internal import EventScanner

extension Normalizer {
  /// Fills the event from an access log line: the W3C names that Sigma's web server rules use, and the
  /// columns.
  mutating func readAccessLine(
    _ line: AccessLine, _ text: [UInt8], _ given: String?, _ event: inout NormalizedEvent
  ) -> ColumnSet {
    let bytes = text.span.bytes
    func put(_ name: String, _ range: Range<Int>?) {
      guard let range, !Self.isDash(text, range) else { return }
      event.fields.append(name: name.utf8.span.bytes, value: bytes.extracting(range))
    }
    put("c-ip", line.client)
    put("cs-username", line.user)
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
    put("message", 0..<text.count)
    event.columns.sourceType = given ?? "webserver"
    event.fields.logSources = logSources.set(sourceType: event.columns.sourceType)
    return fill(line, text, &event.columns)
  }

  private static func isDash(_ text: [UInt8], _ range: Range<Int>) -> Bool {
    range.count == 1 && text[range.lowerBound] == UInt8(ascii: "-")
  }

  private func fill(
    _ line: AccessLine, _ text: [UInt8], _ columns: inout EventColumns
  ) -> ColumnSet {
    var filled = ColumnSet()
    func string(_ range: Range<Int>, _ limit: Int = TextLimits.name) -> String {
      TextLimits.string(Array(text[range]), limit: limit)
    }
    let bytes = text.span.bytes
    if let time = TimestampReader.webServer(bytes, line.time) {
      columns.ts = time
      filled.insert(.ts)
    }
    if let address = AddressReader.v4(bytes, line.client) ?? IPAddress(utf8: text[line.client]) {
      columns.srcIP = address
      filled.insert(.srcIP)
    }
    if !Self.isDash(text, line.user) {
      columns.user = string(line.user)
      filled.insert(.user)
    }
    if let method = line.method {
      columns.action = string(method)
      filled.insert(.action)
    }
    columns.eventID = string(line.status)
    columns.outcome = (columns.eventID ?? "") < "400" ? "success" : "failure"
    columns.severity = .informational
    columns.message = string(0..<text.count, TextLimits.message)
    for column in [Column.eventID, .outcome, .severity, .message] { filled.insert(column) }
    return filled
  }
}
