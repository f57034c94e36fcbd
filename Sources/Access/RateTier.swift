/// How many requests a minute a credential may make. Ingest endpoints are not counted.
public enum RateTier: Int16, CaseIterable, Comparable, Sendable {
  case low = 1
  case standard = 2
  case high = 3
  case highest = 4

  public var requestsPerMinute: Int {
    switch self {
    case .low: 60
    case .standard: 300
    case .high: 1000
    case .highest: 10_000
    }
  }

  public static func < (left: RateTier, right: RateTier) -> Bool {
    left.rawValue < right.rawValue
  }
}
