internal import Core
internal import EventSearch
internal import EventStore

/// The width of a histogram's bars. All begin at midnight UTC and at multiples from there.
enum HistogramInterval: String, CaseIterable {
  case oneMinute = "1m"
  case fiveMinutes = "5m"
  case tenMinutes = "10m"
  case fifteenMinutes = "15m"
  case thirtyMinutes = "30m"
  case oneHour = "1h"
  case threeHours = "3h"
  case sixHours = "6h"
  case twelveHours = "12h"
  case oneDay = "1d"

  var microseconds: Int64 {
    let minutes: Int64 =
      switch self {
      case .oneMinute: 1
      case .fiveMinutes: 5
      case .tenMinutes: 10
      case .fifteenMinutes: 15
      case .thirtyMinutes: 30
      case .oneHour: 60
      case .threeHours: 180
      case .sixHours: 360
      case .twelveHours: 720
      case .oneDay: 1440
      }
    return minutes * 60_000_000
  }

  /// How many bars a range takes, those at its ends being whole.
  func buckets(from: Timestamp, to: Timestamp) -> Int64 {
    func index(_ ts: Timestamp) -> Int64 {
      let quotient = ts.microseconds / microseconds
      return ts.microseconds % microseconds < 0 ? quotient - 1 : quotient
    }
    return index(to.advanced(byMicroseconds: -1)) - index(from) + 1
  }
}

/// The parameters of `GET /api/events/histogram`, read and checked.
struct EventHistogramRequest {
  /// As many bars as a screen shows, where the request does not say how wide they are.
  private static let comfortable = 200

  let selection: EventSelection
  let interval: HistogramInterval
  let split: EventSplit?

  static let parameters: [Endpoint.Parameter] =
    EventParameters.endpoint + [
      .query(
        "interval",
        "The width of a bar; without it one that gives 200 bars or less. There may be 2,000 bars.",
        .choice(HistogramInterval.self)),
      .query("by", "What each bar is divided by.", .choice(EventSplit.self)),
    ]

  init(_ reader: QueryReader, organization: OrganizationID, now: Timestamp) throws(Problem) {
    selection = try EventSelection(reader, organization: organization, now: now)
    split = try reader.choice("by")
    let (from, to) = (selection.filter.from, selection.filter.to)
    interval =
      try reader.choice("interval")
      ?? HistogramInterval.allCases.first { $0.buckets(from: from, to: to) <= Self.comfortable }
      ?? .oneDay
    let buckets = interval.buckets(from: from, to: to)
    guard buckets <= EventStatistics.bucketLimit else {
      throw QueryReader.invalid(
        "interval",
        "\(interval.rawValue) gives \(buckets) bars over this range; there may be "
          + "\(EventStatistics.bucketLimit): choose a wider one or narrow from and to")
    }
  }

  var canonical: [String] { [interval.rawValue, split?.rawValue ?? "-"] }
}
