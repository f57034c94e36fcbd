/// Finds the end of a JSON value of any depth and size by its grammar alone: to pass over what stands
/// beside the events in a body, and over a record that some limit refuses.
struct JSONSkipper {
  /// One bit for each open container, the innermost last: whether it is an object.
  private var stack: [UInt64] = []
  private var depth = 0

  init() {}

  private mutating func push(object: Bool) {
    if depth / 64 == stack.count { stack.append(0) }
    let bit = UInt64(1) << UInt64(depth % 64)
    if object { stack[depth / 64] |= bit } else { stack[depth / 64] &= ~bit }
    depth += 1
  }

  private var inObject: Bool {
    stack[(depth - 1) / 64] >> UInt64((depth - 1) % 64) & 1 == 1
  }

  /// Answers the offset behind the value that starts at or behind `start`.
  mutating func skip(_ bytes: RawSpan, from start: Int) throws(ScanError) -> Int {
    var position = start
    while true {
      position = JSONScanner.skipWhitespace(bytes, from: position)
      guard position < bytes.byteCount else { throw ScanError(.unexpectedEnd, at: position) }
      let first = bytes.byte(at: position)
      switch first {
      case UInt8(ascii: "\""):
        position = try Self.string(bytes, at: position)
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        push(object: first == UInt8(ascii: "{"))
        position = JSONScanner.skipWhitespace(bytes, from: position + 1)
        guard position < bytes.byteCount else { throw ScanError(.unexpectedEnd, at: position) }
        if bytes.byte(at: position) != first + 2 {
          if inObject { position = try Self.key(bytes, at: position).end }
          continue
        }
        position += 1
        depth -= 1
      default:
        position = try JSONScalar.scan(bytes, at: position).end
      }
      while true {
        guard depth > 0 else { return position }
        position = JSONScanner.skipWhitespace(bytes, from: position)
        guard position < bytes.byteCount else { throw ScanError(.unexpectedEnd, at: position) }
        let next = bytes.byte(at: position)
        if next == UInt8(ascii: ",") {
          position += 1
          if inObject {
            position = JSONScanner.skipWhitespace(bytes, from: position)
            position = try Self.key(bytes, at: position).end
          }
          break
        }
        guard next == (inObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
          throw ScanError(.unexpectedCharacter, at: position)
        }
        depth -= 1
        position += 1
      }
    }
  }

  /// Reads a string whose opening quote is at `position`; answers the offset behind it.
  static func string(_ bytes: RawSpan, at position: Int) throws(ScanError) -> Int {
    var text = JSONString()
    text.grammarOnly = true
    return try text.scan(bytes, from: position + 1) + 1
  }

  /// Reads a member's name and colon; answers the name's bytes and the offset behind the colon.
  static func key(
    _ bytes: RawSpan, at position: Int
  ) throws(ScanError) -> (name: Range<Int>, end: Int) {
    guard position < bytes.byteCount else { throw ScanError(.unexpectedEnd, at: position) }
    guard bytes.byte(at: position) == UInt8(ascii: "\"") else {
      throw ScanError(.unexpectedCharacter, at: position)
    }
    let end = try string(bytes, at: position)
    let colon = JSONScanner.skipWhitespace(bytes, from: end)
    guard colon < bytes.byteCount else { throw ScanError(.unexpectedEnd, at: colon) }
    guard bytes.byte(at: colon) == UInt8(ascii: ":") else {
      throw ScanError(.unexpectedCharacter, at: colon)
    }
    return (position + 1..<end - 1, colon + 1)
  }
}
