/// A strict JSON reader (RFC 8259) that writes a tape and copies nothing.
///
/// It checks the grammar of numbers, literals and escapes, refuses control characters and bytes that
/// are not UTF-8 inside strings, refuses halves of surrogate pairs (RFC 8259 §8.2 calls what follows
/// from them unpredictable), and holds the limits. It does not recurse: a body of 100,000 brackets
/// costs no stack and is refused at the limit.
public struct JSONScanner: Sendable {
  public let limits: ScanLimits

  public init(limits: ScanLimits = ScanLimits()) {
    self.limits = limits
  }

  /// Scans a span that must hold one JSON object and nothing else but white space around it.
  public func scanRecord(
    _ bytes: RawSpan, into tape: inout JSONTape
  ) throws(ScanError) {
    let end = try scanValue(bytes, from: 0, into: &tape)
    let rest = Self.skipWhitespace(bytes, from: end)
    guard rest == bytes.byteCount else { throw ScanError(.trailingBytes, at: rest) }
    guard tape.nodes[0].kind == .object else {
      throw ScanError(.notAnObject, at: tape.range.lowerBound)
    }
    guard tape.range.count <= limits.maxRecordBytes else {
      throw ScanError(.recordTooLong, at: tape.range.lowerBound)
    }
  }

  /// Scans the JSON value that starts at or behind `start`, of any kind, and answers the offset
  /// behind it. On an error the tape is left with what was read.
  public func scanValue(
    _ bytes: RawSpan, from start: Int, into tape: inout JSONTape
  ) throws(ScanError) -> Int {
    tape.removeAll()
    var writer = TapeWriter(limits: limits)
    var position = start
    while true {
      // A value is due; a member's name has been read.
      position = Self.skipWhitespace(bytes, from: position)
      guard position < bytes.byteCount else { throw ScanError(.unexpectedEnd, at: position) }
      let first = bytes.byte(at: position)
      if first == UInt8(ascii: "\"") {
        position = try writer.string(bytes, at: position, &tape)
      } else if first == UInt8(ascii: "{") {
        try writer.open(.object, at: position, &tape)
        position = Self.skipWhitespace(bytes, from: position + 1)
        guard position < bytes.byteCount else { throw ScanError(.unexpectedEnd, at: position) }
        if bytes.byte(at: position) != UInt8(ascii: "}") {
          position = try writer.key(bytes, at: position, &tape)
          continue
        }
        position = try writer.close(at: position, &tape)
      } else if first == UInt8(ascii: "[") {
        try writer.open(.array, at: position, &tape)
        position = Self.skipWhitespace(bytes, from: position + 1)
        guard position < bytes.byteCount else { throw ScanError(.unexpectedEnd, at: position) }
        if bytes.byte(at: position) != UInt8(ascii: "]") { continue }
        position = try writer.close(at: position, &tape)
      } else {
        position = try writer.scalar(bytes, at: position, &tape)
      }
      // A value is complete.
      while true {
        guard writer.parent >= 0 else { return position }
        position = Self.skipWhitespace(bytes, from: position)
        guard position < bytes.byteCount else { throw ScanError(.unexpectedEnd, at: position) }
        let next = bytes.byte(at: position)
        if next == UInt8(ascii: ",") {
          position += 1
          if writer.inObject {
            position = Self.skipWhitespace(bytes, from: position)
            position = try writer.key(bytes, at: position, &tape)
          }
          break
        }
        guard next == (writer.inObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
          throw ScanError(.unexpectedCharacter, at: position)
        }
        position = try writer.close(at: position, &tape)
      }
    }
  }

  /// The offset of the first byte at or behind `start` that is not JSON white space.
  @inline(__always)
  static func skipWhitespace(_ bytes: RawSpan, from start: Int) -> Int {
    var position = start
    while position < bytes.byteCount {
      let byte = bytes.byte(at: position)
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { break }
      position += 1
    }
    return position
  }
}
