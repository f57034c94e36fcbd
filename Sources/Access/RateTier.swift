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

  /// `low`, `standard` and so on, as the command line takes it.
  public var name: String { "\(self)" }

  public init?(name: String) {
    guard let tier = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = tier
  }

  public static func < (left: RateTier, right: RateTier) -> Bool {
    left.rawValue < right.rawValue
  }
}
