internal import Core
internal import EventScanner

/// One line of a web server's access log in the common or the combined format:
/// `host ident user [time] "request" status bytes "referer" "user agent"`.
struct AccessLine {
  var client: Range<Int>
  var user: Range<Int>
  var time: Range<Int>
  var method: Range<Int>?
  var uri: Range<Int>?
  /// The part of the URI before `?`.
  var path: Range<Int>?
  var status: Range<Int>
  var size: Range<Int>
  var referer: Range<Int>?
  var agent: Range<Int>?

  /// Nil if the line has another form.
  init?(_ line: RawSpan) {
    var position = 0
    guard let client = Self.word(line, &position), Self.word(line, &position) != nil,
      let user = Self.word(line, &position),
      let time = Self.enclosed(line, &position, "[", "]"),
      let request = Self.enclosed(line, &position, "\"", "\""),
      let status = Self.word(line, &position), status.count == 3,
      JSONText.int64(line, status) != nil, let size = Self.word(line, &position)
    else { return nil }
    self.client = client
    self.user = user
    self.time = time
    self.status = status
    self.size = size
    referer = Self.enclosed(line, &position, "\"", "\"")
    agent = referer == nil ? nil : Self.enclosed(line, &position, "\"", "\"")
    splitRequest(line, request)
  }

  /// `GET /path?query HTTP/1.1`; what scanners send need not be one.
  private mutating func splitRequest(_ line: RawSpan, _ request: Range<Int>) {
    let first = SyslogLine.blank(line, request.lowerBound, request.upperBound)
    guard first < request.upperBound else { return }
    var end = request.upperBound
    while end > first + 1, line.byte(at: end - 1) != UInt8(ascii: " ") { end -= 1 }
    let last = end > first + 1 ? end - 1 : request.upperBound
    guard first + 1 <= last else { return }
    method = request.lowerBound..<first
    let whole = first + 1..<last
    uri = whole
    path = whole.lowerBound..<(whole.first { line.byte(at: $0) == UInt8(ascii: "?") } ?? last)
  }

  /// The run without blanks at `position`, which then stands behind the blank after it.
  private static func word(_ line: RawSpan, _ position: inout Int) -> Range<Int>? {
    let end = SyslogLine.blank(line, position, line.byteCount)
    guard end > position else { return nil }
    defer { position = min(end + 1, line.byteCount) }
    return position..<end
  }

  /// What stands between the two characters; a backslash takes the next character's meaning away.
  private static func enclosed(
    _ line: RawSpan, _ position: inout Int, _ open: Unicode.Scalar, _ close: Unicode.Scalar
  ) -> Range<Int>? {
    guard position < line.byteCount, line.byte(at: position) == UInt8(ascii: open) else {
      return nil
    }
    let start = position + 1
    var end = start
    while end < line.byteCount, line.byte(at: end) != UInt8(ascii: close) {
      end += line.byte(at: end) == UInt8(ascii: "\\") ? 2 : 1
    }
    guard end < line.byteCount else { return nil }
    position = end + 1
    if position < line.byteCount, line.byte(at: position) == UInt8(ascii: " ") { position += 1 }
    return start..<end
  }
}
