/// Where an incident stands. The machine of allowed changes is `canBecome(_:)`.
public enum IncidentStatus: String, CaseIterable, Sendable {
  case open, acknowledged
  case inProgress = "in_progress"
  case contained, resolved, dismissed, merged

  /// Whether an analyst has nothing more to do.
  public var isClosed: Bool {
    self == .resolved || self == .dismissed || self == .merged
  }

  /// Whether an analyst may set `next`. `merged` is reached only by a merge, and an incident that is
  /// closed can only be opened again.
  public func canBecome(_ next: IncidentStatus) -> Bool {
    if self == next { return true }
    switch (self, next) {
    case (.merged, _), (_, .merged): return false
    case (.resolved, _), (.dismissed, _): return next == .open
    default: return true
    }
  }
}

/// What an incident turned out to be; needed to resolve it.
public enum IncidentVerdict: String, CaseIterable, Sendable {
  case truePositive = "true_positive"
  case benignPositive = "benign_positive"
  case falsePositive = "false_positive"
  case undetermined
}
