internal import Core
internal import EventStore

/// The position of a page of events and the range of its list, as 40 bytes.
struct EventCursor {
  var position: EventPosition
  var range: Range<Timestamp>

  init(position: EventPosition, range: Range<Timestamp>) {
    self.position = position
    self.range = range
  }

  /// Reads bytes whose signature was verified; others come from another version.
  init(_ bytes: [UInt8]) throws(Problem) {
    let words = bytes.count == 40 ? Self.words(bytes) : []
    guard words.count == 5,
      case let from = Timestamp(microseconds: Int64(bitPattern: words[3])),
      case let to = Timestamp(microseconds: Int64(bitPattern: words[4])), from < to
    else {
      throw QueryReader.invalid("cursor", "comes from another version: begin without a cursor")
    }
    position = EventPosition(
      ts: Timestamp(microseconds: Int64(bitPattern: words[0])),
      id: EventID(high: words[1], low: words[2]))
    range = from..<to
  }

  private static func words(_ bytes: [UInt8]) -> [UInt64] {
    (0..<5).map { word in
      bytes[(word * 8)..<(word * 8 + 8)].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    }
  }

  var bytes: [UInt8] {
    [
      UInt64(bitPattern: position.ts.microseconds), position.id.high, position.id.low,
      UInt64(bitPattern: range.lowerBound.microseconds),
      UInt64(bitPattern: range.upperBound.microseconds),
    ].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - $0 * 8)) } }
  }
}
