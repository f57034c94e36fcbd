/// How many requests a minute a credential may make. Ingest endpoints are not counted.
public enum RateTier: Int16, CaseIterable, Comparable, Sendable {
  case low = 1
  case standard = 2
  case high = 3
  case highest = 4
  /// For the installation's own automation; only the command line gives it.
  case unlimited = 5

  /// 0 is without a limit.
  public var requestsPerMinute: Int {
    switch self {
    case .low: 60
    case .standard: 300
    case .high: 1000
    case .highest: 10_000
    case .unlimited: 0
    }
  }

  public static func < (left: RateTier, right: RateTier) -> Bool {
    left.rawValue < right.rawValue
  }
}
