/// An object around an array of records.
enum Envelope {
  /// The offset of the `[` of the first member named `events` or `Records` of the object at `start`
  /// whose value is an array; nil if the object has none. The members before it are checked for
  /// their grammar.
  static func array(_ body: RawSpan, from start: Int) throws(ScanError) -> Int? {
    var position = JSONScanner.skipWhitespace(body, from: start + 1)
    guard position < body.byteCount else { throw ScanError(.unexpectedEnd, at: position) }
    if body.byte(at: position) == UInt8(ascii: "}") { return nil }
    while true {
      let (name, colon) = try JSONSkipper.key(body, at: position)
      position = JSONScanner.skipWhitespace(body, from: colon)
      guard position < body.byteCount else { throw ScanError(.unexpectedEnd, at: position) }
      if body.byte(at: position) == UInt8(ascii: "["),
        body.equals("events", in: name) || body.equals("Records", in: name)
      {
        return position
      }
      guard let next = try member(body, from: position) else { return nil }
      position = next
    }
  }

  /// Checks the members behind the array; answers the offset behind the object.
  static func end(_ body: RawSpan, from arrayEnd: Int) throws(ScanError) -> Int {
    var position = arrayEnd
    while true {
      position = JSONScanner.skipWhitespace(body, from: position)
      guard position < body.byteCount else { throw ScanError(.unexpectedEnd, at: position) }
      if body.byte(at: position) == UInt8(ascii: "}") { return position + 1 }
      guard body.byte(at: position) == UInt8(ascii: ",") else {
        throw ScanError(.unexpectedCharacter, at: position)
      }
      let name = JSONScanner.skipWhitespace(body, from: position + 1)
      var skipper = JSONSkipper()
      position = try skipper.skip(body, from: try JSONSkipper.key(body, at: name).end)
    }
  }

  /// Passes over a member's value; answers the offset of the next member's name, or nil at the end of
  /// the object.
  private static func member(_ body: RawSpan, from value: Int) throws(ScanError) -> Int? {
    var skipper = JSONSkipper()
    let end = try skipper.skip(body, from: value)
    let next = JSONScanner.skipWhitespace(body, from: end)
    guard next < body.byteCount else { throw ScanError(.unexpectedEnd, at: next) }
    switch body.byte(at: next) {
    case UInt8(ascii: "}"): return nil
    case UInt8(ascii: ","): return JSONScanner.skipWhitespace(body, from: next + 1)
    default: throw ScanError(.unexpectedCharacter, at: next)
    }
  }
}
