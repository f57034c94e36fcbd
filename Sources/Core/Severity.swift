/// How serious one event is by its source's own account, 0 (unknown) to 10.
public struct EventSeverity: RawRepresentable, Hashable, Comparable, Sendable {
  public let rawValue: Int16

  /// Nil outside 0 to 10.
  public init?(rawValue: Int16) {
    guard (0...10).contains(rawValue) else { return nil }
    self.rawValue = rawValue
  }

  private init(known rawValue: Int16) {
    self.rawValue = rawValue
  }

  public init(clamping value: Int) {
    rawValue = Int16(min(max(value, 0), 10))
  }

  public static let unknown = EventSeverity(known: 0)
  public static let informational = EventSeverity(known: 1)
  public static let low = EventSeverity(known: 3)
  public static let medium = EventSeverity(known: 5)
  public static let high = EventSeverity(known: 7)
  public static let critical = EventSeverity(known: 9)

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// How serious an incident is. The order of the cases is the order of severity.
public enum IncidentSeverity: String, CaseIterable, Comparable, Sendable {
  case low, medium, high, critical

  public static func < (left: Self, right: Self) -> Bool {
    allCases.firstIndex(of: left)! < allCases.firstIndex(of: right)!
  }
}
