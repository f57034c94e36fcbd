internal import Core

/// A range of time cut into the whole hours that rollups count and the ends that they don't.
struct RollupRange {
  /// First hour to the end of the last; nil where there is no whole hour.
  let hours: Range<Timestamp>?
  /// Parts of hours, of which the events themselves must be counted.
  let ends: [Range<Timestamp>]

  /// How far ahead of our clock an event may be: later ones are quarantined.
  static let lead: Int64 = 300_000_000

  /// - Parameter now: a range that ends so far ahead of it that no event can lie behind its end is taken
  ///   to the end of the hour, so that the running hour, which has the most events, is a whole one.
  init(from: Timestamp, to: Timestamp, now: Timestamp) {
    let end = to >= now.advanced(byMicroseconds: Self.lead) ? to.hourCeiling : to
    let first = from.hourCeiling
    let last = end.hour
    guard first < last else {
      hours = nil
      ends = [from..<to]
      return
    }
    hours = first..<last
    var ends: [Range<Timestamp>] = []
    if from < first { ends.append(from..<first) }
    if last < end { ends.append(last..<end) }
    self.ends = ends
  }
}

extension Timestamp {
  static let oneHour = EventTally.microsecondsPerHour

  /// The beginning of the hour that this lies in, in UTC.
  var hour: Timestamp { Timestamp(microseconds: EventTally.hour(of: self)) }

  /// The first beginning of an hour that is not before this.
  var hourCeiling: Timestamp {
    self == hour ? self : hour.advanced(byMicroseconds: Self.oneHour)
  }
}
