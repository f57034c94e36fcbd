public import Core
internal import EventScanner

extension Normalizer {
  /// Normalizes one line of text: syslog of either kind, an access log line, or anything else, which
  /// becomes an event with only a `message`. A syslog message that is itself a JSON object is read as
  /// that record, with the header's time and host where it has none of its own.
  ///
  /// - Parameters:
  ///   - line: without its end; bytes that are not UTF-8 are replaced.
  ///   - sourceTypeHint: what the caller knows of the source (`nginx`, `linux.sshd`).
  ///   - receivedAt: when the line arrived, by which a time without a year is read.
  ///   - event: is overwritten.
  public mutating func normalizeText(
    _ line: RawSpan, sourceTypeHint: String? = nil, receivedAt: Timestamp,
    into event: inout NormalizedEvent
  ) throws(NormalizationError) {
    var text: [UInt8] = []
    line.withUnsafeBytes { bytes in
      text.append(contentsOf: String(decoding: bytes, as: UTF8.self).utf8)
    }
    while let last = text.last, last <= 0x20 { text.removeLast() }
    let header = SyslogLine(text.span.bytes, receivedAt: receivedAt)
    if header.message.first.map({ text[$0] }) == UInt8(ascii: "{"),
      try readJSON(text, header, sourceTypeHint, receivedAt, &event)
    {
      return
    }
    let body = header.hasHeader || header.priority != nil ? header.message : 0..<text.count
    if let access = AccessLine(text.span.bytes.extracting(body)) {
      event.reset()
      var filled = readAccessLine(
        access, body.count == text.count ? text : Array(text[body]), sourceTypeHint, &event)
      if let host = header.host {
        event.columns.host = TextLimits.string(Array(text[host]), limit: TextLimits.name)
        filled.insert(.host)
      }
      walk.start(slotCount: catalog.generic.table.slotCount)
      walk.note(0, in: catalog.generic.ownSlots[Column.message.rawValue])
      DerivedFields.append(
        event.columns, filled, catalog.generic, walk, &scratch, to: &event.fields)
      return
    }
    if let record = TextForms.record(
      text, body: header.message, program: header.program.map { text[$0] }),
      try readRecord(record, header, text, sourceTypeHint, receivedAt, &event)
    {
      return
    }
    event.reset()
    readSyslog(text, header, sourceTypeHint, &event)
  }

  /// Devices write a mark or a number where a program's name stands, only Juniper's has a name.
  private func deviceType(_ text: [UInt8], _ header: SyslogLine) -> String? {
    guard let program = header.program else { return DeviceLine.sourceType(text[header.message]) }
    let isName = text[program.lowerBound] &- UInt8(ascii: "a") < 26
    if isName, !text[program].starts(with: "rpd") { return nil }
    return DeviceLine.sourceType(text[(isName ? header.message.lowerBound : program.lowerBound)...])
  }

  private mutating func readSyslog(
    _ text: [UInt8], _ header: SyslogLine, _ given: String?, _ event: inout NormalizedEvent
  ) {
    event.columns.sourceType =
      given ?? deviceType(text, header)
      ?? (header.hasHeader ? "linux.syslog" : "unknown")
    event.fields.logSources = logSources.set(sourceType: event.columns.sourceType)
    event.fields.append(name: "message".utf8.span.bytes, value: text.span.bytes)
    var filled = ColumnSet()
    apply(header, text, &filled, &event)
    if let program = header.program {
      apply(
        program: TextLimits.string(Array(text[program]), limit: TextLimits.name), text,
        header.message, replacesSeverity: true, &filled, &event)
    }
    walk.start(slotCount: catalog.generic.table.slotCount)
    walk.note(0, in: catalog.generic.ownSlots[Column.message.rawValue])
    DerivedFields.append(event.columns, filled, catalog.generic, walk, &scratch, to: &event.fields)
  }

  /// Reads the message as a JSON record; false if it is none.
  private mutating func readJSON(
    _ text: [UInt8], _ header: SyslogLine, _ given: String?, _ receivedAt: Timestamp,
    _ event: inout NormalizedEvent
  ) throws(NormalizationError) -> Bool {
    try readRecord(Array(text[header.message]), header, text, given, receivedAt, &event)
  }

  /// The same of a record that stands in the line or was made of it; the header's time and host fill
  /// what it leaves open.
  private mutating func readRecord(
    _ record: [UInt8], _ header: SyslogLine, _ text: [UInt8], _ given: String?,
    _ receivedAt: Timestamp, _ event: inout NormalizedEvent
  ) throws(NormalizationError) -> Bool {
    var tape = JSONTape()
    do throws(ScanError) {
      try JSONScanner().scanRecord(record.span.bytes, into: &tape)
    } catch {
      return false
    }
    try normalize(
      record.span.bytes, tape: tape, sourceTypeHint: given, receivedAt: receivedAt, into: &event)
    if event.columns.ts == nil { event.columns.ts = header.timestamp }
    if event.columns.host == nil, let host = header.host {
      event.columns.host = TextLimits.string(Array(text[host]), limit: TextLimits.name)
    }
    return true
  }
}
