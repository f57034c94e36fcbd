internal import Core

/// What rows of `event_rollups` count: an hour as a whole, and each five minutes of it.
enum RollupUnit: Sendable, Hashable {
  case hour, fiveMinutes

  static let fiveMinutesColumns = (0..<12).map { $0 < 2 ? "m0\($0 * 5)" : "m\($0 * 5)" }

  /// What is selected from.
  var table: String {
    switch self {
    case .hour: return "event_rollups"
    case .fiveMinutes:
      let values = Self.fiveMinutesColumns.enumerated().map { "(\($0 * 5), \($1))" }
      return "event_rollups cross join lateral (values \(values.joined(separator: ", "))) "
        + "as parts (minute, part_events)"
    }
  }

  /// When it begins.
  var start: String {
    switch self {
    case .hour: "hour"
    case .fiveMinutes: "(hour + minute * interval '1 minute')"
    }
  }

  var events: String { self == .hour ? "events" : "part_events" }
}

/// A range of time cut into what rollups count and the ends that they don't.
struct RollupRange {
  struct Part: Sendable, Hashable {
    let unit: RollupUnit
    let range: Range<Timestamp>
  }

  /// Whole hours first, then the five minutes around them.
  let parts: [Part]
  /// Shorter than five minutes: of these the events themselves must be counted.
  let ends: [Range<Timestamp>]

  /// How far ahead of our clock an event may be: later ones are quarantined.
  static let lead: Int64 = 300_000_000

  /// - Parameters:
  ///   - inHours: whether what makes up whole hours is taken as hours, of which there are fewer.
  ///   - now: a range that ends so far ahead of it that no event can lie behind its end is taken
  ///     to the end of the hour, so that the running hour, which has the most events, is a whole one.
  init(from: Timestamp, to: Timestamp, inHours: Bool = true, now: Timestamp) {
    let end = to >= now.advanced(byMicroseconds: Self.lead) ? to.hourCeiling : to
    let last = end.floored(to: Timestamp.fiveMinutes)
    let floor = from.floored(to: Timestamp.fiveMinutes)
    let first = floor == from ? from : floor.advanced(byMicroseconds: Timestamp.fiveMinutes)
    guard first < last else {
      parts = []
      ends = [from..<to]
      return
    }
    ends = [from..<first, last..<max(last, end)].filter { !$0.isEmpty }
    let hours = first.hourCeiling..<max(last.hour, first.hourCeiling)
    guard inHours, !hours.isEmpty else {
      parts = [Part(unit: .fiveMinutes, range: first..<last)]
      return
    }
    parts =
      [Part(unit: .hour, range: hours)]
      + [first..<hours.lowerBound, hours.upperBound..<last].filter { !$0.isEmpty }
      .map { Part(unit: .fiveMinutes, range: $0) }
  }
}

extension Timestamp {
  /// In microseconds.
  static let oneHour: Int64 = 3_600_000_000
  static let fiveMinutes: Int64 = 300_000_000

  /// The beginning of the hour that this lies in, in UTC.
  var hour: Timestamp { floored(to: Self.oneHour) }

  /// The first beginning of an hour that is not before this.
  var hourCeiling: Timestamp {
    self == hour ? self : hour.advanced(byMicroseconds: Self.oneHour)
  }

  /// The last multiple of the interval since 1970 that is not behind this.
  func floored(to interval: Int64) -> Timestamp {
    let rest = microseconds % interval
    return advanced(byMicroseconds: -(rest < 0 ? rest + interval : rest))
  }
}
