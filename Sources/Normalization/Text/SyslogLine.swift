internal import Core
internal import EventScanner

/// The parts of a syslog line: RFC 5424, RFC 3164 with or without a year, the ISO times that rsyslog
/// writes to files, with or without a priority; and a bare text behind a priority.
struct SyslogLine {
  /// Facility × 8 + severity; nil without `<n>`.
  var priority: Int?
  var timestamp: Timestamp?
  var host: Range<Int>?
  var program: Range<Int>?
  /// What the program said, without blanks at its end.
  var message: Range<Int>
  /// Whether a header was found, or everything is the message.
  var hasHeader = false

  /// - Parameter receivedAt: the year of a time without one is the latest that is not more than two
  ///   days in the future then.
  init(_ line: RawSpan, receivedAt: Timestamp) {
    var end = line.byteCount
    while end > 0, line.byte(at: end - 1) <= 0x20 { end -= 1 }
    message = 0..<end
    var start = 0
    if let (value, next) = Self.priority(line, end) {
      priority = value
      start = next
      message = start..<end
    }
    if priority != nil, start + 2 < end, line.byte(at: start) == UInt8(ascii: "1"),
      line.byte(at: start + 1) == UInt8(ascii: " ")
    {
      if structured(line, start + 2, end) { return }
    }
    traditional(line, start, end, receivedAt)
  }

  private static func priority(_ line: RawSpan, _ end: Int) -> (Int, Int)? {
    guard end > 2, line.byte(at: 0) == UInt8(ascii: "<") else { return nil }
    var position = 1
    var value = 0
    while position < min(end, 4) {
      let digit = line.byte(at: position) &- UInt8(ascii: "0")
      guard digit < 10 else { break }
      value = value * 10 + Int(digit)
      position += 1
    }
    guard position > 1, position < end, line.byte(at: position) == UInt8(ascii: ">"), value <= 191
    else { return nil }
    return (value, position + 1)
  }

  /// RFC 5424 behind the version: `TIMESTAMP HOST APP-NAME PROCID MSGID STRUCTURED-DATA MSG`.
  private mutating func structured(_ line: RawSpan, _ start: Int, _ end: Int) -> Bool {
    var words: [Range<Int>] = []
    var position = start
    while words.count < 5 {
      let stop = Self.blank(line, position, end)
      guard stop > position, stop < end else { return false }
      words.append(position..<stop)
      position = stop + 1
    }
    let nothing = words.map { $0.count == 1 && line.byte(at: $0.lowerBound) == UInt8(ascii: "-") }
    if !nothing[0] {
      guard let time = TimestampReader.read(line, words[0]) else { return false }
      timestamp = time
    }
    host = nothing[1] ? nil : words[1]
    program = nothing[2] ? nil : words[2]
    position = Self.skipStructuredData(line, position, end)
    if position < end, line.byte(at: position) == UInt8(ascii: " ") { position += 1 }
    if position + 3 <= end, line.equals("\u{FEFF}", in: position..<position + 3) { position += 3 }
    message = position..<end
    hasHeader = true
    return true
  }

  private static func skipStructuredData(_ line: RawSpan, _ start: Int, _ end: Int) -> Int {
    var position = start
    if position < end, line.byte(at: position) == UInt8(ascii: "-") { return position + 1 }
    var quoted = false
    while position < end {
      let byte = line.byte(at: position)
      if quoted, byte == UInt8(ascii: "\\") {
        position += 2
        continue
      }
      if byte == UInt8(ascii: "\"") { quoted.toggle() }
      position += 1
      if !quoted, byte == UInt8(ascii: "]"),
        position >= end || line.byte(at: position) != UInt8(ascii: "[")
      {
        break
      }
    }
    return min(position, end)
  }

  /// RFC 3164 §4.1: `Mmm dd hh:mm:ss HOST TAG[pid]: MSG`.
  private mutating func traditional(
    _ line: RawSpan, _ start: Int, _ end: Int, _ receivedAt: Timestamp
  ) {
    guard let (time, next) = SyslogTime.read(line, start, end, receivedAt: receivedAt) else {
      return
    }
    let hostEnd = Self.blank(line, next, end)
    guard hostEnd > next, hostEnd < end else { return }
    timestamp = time
    host = next..<hostEnd
    hasHeader = true
    message = hostEnd + 1..<end
    readTag(line, hostEnd + 1, end)
  }

  /// `sshd[24200]: ` or `sudo: `; a name without a colon is part of the message.
  private mutating func readTag(_ line: RawSpan, _ start: Int, _ end: Int) {
    var position = start
    while position < min(end, start + 64) {
      let byte = line.byte(at: position)
      if byte <= 0x20 || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "[") { break }
      position += 1
    }
    let name = start..<position
    if position < end, line.byte(at: position) == UInt8(ascii: "[") {
      while position < end, line.byte(at: position) != UInt8(ascii: "]") { position += 1 }
      position += 1
    }
    guard !name.isEmpty, position < end, line.byte(at: position) == UInt8(ascii: ":") else {
      return
    }
    program = name
    position += 1
    if position < end, line.byte(at: position) == UInt8(ascii: " ") { position += 1 }
    message = position..<end
  }

  static func blank(_ line: RawSpan, _ start: Int, _ end: Int) -> Int {
    var position = start
    while position < end, line.byte(at: position) != UInt8(ascii: " ") { position += 1 }
    return position
  }
}
