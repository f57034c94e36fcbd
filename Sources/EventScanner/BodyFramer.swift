/// Reads the records of a request's body one by one, each scanned to the caller's tape in the same
/// pass.
///
/// The form is decided by the media type (lines, or JSON) and, for JSON, by the body's first bytes.
/// A record that JSON allows but an event store does not (not an object, a limit, bytes that are not
/// UTF-8, half a surrogate pair) is answered with its error, and so is any malformed line of a body of
/// lines. A JSON body that is malformed anywhere throws, with the offset in the body: whoever reads it
/// must then drop the records that came before. A UTF-8 byte order mark at the very start is skipped.
///
/// ```swift
/// var framer = BodyFramer(contentType: type)
/// while let record = try framer.next(body.span.bytes, into: &tape) { … }
/// ```
/// The same span must be passed each time; a tape's ranges are offsets in it.
public struct BodyFramer: Sendable {
  public let scanner: JSONScanner
  /// What the body turned out to be; for JSON nil until the first call of `next`.
  public private(set) var form: BodyForm?
  private var position = 0
  private var index = 0
  private var line = 0
  private var started = false
  private var finished = false

  /// - Parameter contentType: the request's `Content-Type`; nil is taken as JSON.
  public init(contentType: String?, limits: ScanLimits = ScanLimits()) {
    self.init(form: BodyForm.isLines(contentType: contentType) ? .lines : nil, limits: limits)
  }

  /// - Parameter form: nil lets the body decide among the forms of JSON.
  public init(form: BodyForm?, limits: ScanLimits = ScanLimits()) {
    self.form = form == .lines ? .lines : nil
    scanner = JSONScanner(limits: limits)
  }

  /// The next record, or nil behind the last.
  public mutating func next(
    _ body: RawSpan, into tape: inout JSONTape
  ) throws(ScanError) -> FramedRecord? {
    if finished { return nil }
    if !started {
      started = true
      if body.byteCount >= 3, body.equals("\u{FEFF}", in: 0..<3) { position = 3 }
      if form == nil { try decide(body) }
    }
    switch form {
    case .lines: return nextLine(body, &tape)
    case .array, .envelope: return try nextElement(body, &tape)
    default: return try nextObject(body, &tape)
    }
  }

  private mutating func decide(_ body: RawSpan) throws(ScanError) {
    let start = JSONScanner.skipWhitespace(body, from: position)
    guard start < body.byteCount else { throw ScanError(.emptyBody, at: start) }
    position = start
    switch body.byte(at: start) {
    case UInt8(ascii: "["):
      form = .array
      position = start + 1
    case UInt8(ascii: "{"):
      form = .objects
      if let array = try Envelope.array(body, from: start) {
        form = .envelope
        position = array + 1
      }
    default:
      _ = try endOfValue(body, from: start)
      throw ScanError(.notAnObject, at: start)
    }
  }

  private mutating func nextLine(_ body: RawSpan, _ tape: inout JSONTape) -> FramedRecord? {
    while position < body.byteCount {
      let start = position
      let newline = body.newline(from: start) ?? body.byteCount
      position = newline + 1
      line += 1
      var end = newline
      if end > start, body.byte(at: end - 1) == UInt8(ascii: "\r") { end -= 1 }
      let span = body.extracting(0..<end)
      guard JSONScanner.skipWhitespace(span, from: start) < end else { continue }
      let error = scanLine(span, start, &tape)
      defer { index += 1 }
      return FramedRecord(index: index, line: line, range: start..<end, error: error)
    }
    finished = true
    return nil
  }

  private func scanLine(_ line: RawSpan, _ start: Int, _ tape: inout JSONTape) -> ScanError? {
    guard line.byteCount - start <= scanner.limits.maxRecordBytes else {
      return ScanError(.recordTooLong, at: start)
    }
    do throws(ScanError) {
      let end = try scanner.scanValue(line, from: start, into: &tape)
      let rest = JSONScanner.skipWhitespace(line, from: end)
      guard rest == line.byteCount else { return ScanError(.trailingBytes, at: rest) }
      return tape.nodes[0].kind == .object ? nil : ScanError(.notAnObject, at: start)
    } catch {
      return error
    }
  }

  /// Reads one value of a JSON body, which may be followed by anything.
  private mutating func record(
    _ body: RawSpan, _ tape: inout JSONTape
  ) throws(ScanError) -> FramedRecord {
    let start = position
    var failure: ScanError?
    do throws(ScanError) {
      position = try scanner.scanValue(body, from: start, into: &tape)
      if tape.nodes[0].kind != .object { failure = ScanError(.notAnObject, at: start) }
    } catch {
      guard error.concernsOneRecord else { throw error }
      failure = error
      position = try endOfValue(body, from: start)
    }
    if failure == nil, position - start > scanner.limits.maxRecordBytes {
      failure = ScanError(.recordTooLong, at: start)
    }
    defer { index += 1 }
    return FramedRecord(index: index, line: 0, range: start..<position, error: failure)
  }

  private mutating func nextElement(
    _ body: RawSpan, _ tape: inout JSONTape
  ) throws(ScanError) -> FramedRecord? {
    position = JSONScanner.skipWhitespace(body, from: position)
    guard position < body.byteCount else { throw ScanError(.unexpectedEnd, at: position) }
    if body.byte(at: position) == UInt8(ascii: "]") {
      try finish(body, arrayEnd: position + 1)
      return nil
    }
    if index > 0 {
      guard body.byte(at: position) == UInt8(ascii: ",") else {
        throw ScanError(.unexpectedCharacter, at: position)
      }
      position = JSONScanner.skipWhitespace(body, from: position + 1)
    }
    return try record(body, &tape)
  }

  private mutating func finish(_ body: RawSpan, arrayEnd: Int) throws(ScanError) {
    var end = arrayEnd
    if form == .envelope { end = try Envelope.end(body, from: arrayEnd) }
    end = JSONScanner.skipWhitespace(body, from: end)
    guard end == body.byteCount else { throw ScanError(.trailingBytes, at: end) }
    finished = true
  }

  private mutating func nextObject(
    _ body: RawSpan, _ tape: inout JSONTape
  ) throws(ScanError) -> FramedRecord? {
    position = JSONScanner.skipWhitespace(body, from: position)
    guard position < body.byteCount else {
      finished = true
      return nil
    }
    guard body.byte(at: position) == UInt8(ascii: "{") else {
      throw ScanError(.trailingBytes, at: position)
    }
    return try record(body, &tape)
  }

  private func endOfValue(_ body: RawSpan, from start: Int) throws(ScanError) -> Int {
    var skipper = JSONSkipper()
    return try skipper.skip(body, from: start)
  }
}
