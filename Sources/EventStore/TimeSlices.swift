internal import Core

/// A range of time in pieces, each four times as long as the one before.
///
/// A list whose filter no index knows reads every event of its range until it has enough. Piece by
/// piece it can stop in between, and say where it goes on.
struct TimeSlices: Sequence, IteratorProtocol {
  static let firstLength: Int64 = 6 * Timestamp.oneHour

  private var rest: Range<Timestamp>
  private let ascending: Bool
  private var length: Int64

  /// - Parameters:
  ///   - ascending: whether to begin with the oldest.
  ///   - length: of the first piece, in microseconds.
  init(
    _ range: Range<Timestamp>, ascending: Bool, first length: Int64 = TimeSlices.firstLength
  ) {
    rest = range
    self.ascending = ascending
    self.length = length
  }

  /// Goes on with shorter pieces, the last one included.
  mutating func divide(_ slice: Range<Timestamp>, by number: Int64) {
    rest =
      Swift.min(rest.lowerBound, slice.lowerBound)..<Swift.max(rest.upperBound, slice.upperBound)
    length = Swift.max(1, (slice.upperBound.microseconds - slice.lowerBound.microseconds) / number)
  }

  mutating func next() -> Range<Timestamp>? {
    guard !rest.isEmpty else { return nil }
    let slice: Range<Timestamp>
    if ascending {
      let end = Swift.min(rest.upperBound, rest.lowerBound.advanced(byMicroseconds: length))
      slice = rest.lowerBound..<end
      rest = end..<rest.upperBound
    } else {
      let start = Swift.max(rest.lowerBound, rest.upperBound.advanced(byMicroseconds: -length))
      slice = start..<rest.upperBound
      rest = rest.lowerBound..<start
    }
    if length < 1 << 58 { length *= 4 }
    return slice
  }
}
