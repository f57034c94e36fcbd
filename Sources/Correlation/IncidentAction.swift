public import Core

/// One event that an incident rests on.
public struct EvidenceItem: Sendable, Hashable {
  public let detection: Detection

  public init(_ detection: Detection) {
    self.detection = detection
  }

  public var key: EventKey { detection.key }

  public static func == (left: Self, right: Self) -> Bool { left.key == right.key }

  public func hash(into hasher: inout Hasher) { hasher.combine(key) }
}

/// An incident to be opened: the condition held for the first time.
public struct IncidentOpening: Sendable {
  public let id: IncidentID
  /// The correlation, or the plain rule, that raises it.
  public let plan: CorrelationPlan
  public let groupKey: String
  public let group: [GroupValue]
  /// The event that made the condition hold; the last one where several share its time.
  public let firstFire: EventKey
  public let lastHold: Timestamp
  public let evidence: [EvidenceItem]
  /// What the condition measured at the first fire.
  public let measure: Double
  /// The incident that this one was a part of before a late event parted them.
  public let splitFrom: IncidentID?
}

/// What becomes of the event that an incident's condition first held at.
public enum FirstFire: Sendable, Equatable {
  case unchanged
  case set(EventKey)
  /// It is this one if it is earlier than the one that is known.
  case ifEarlier(EventKey)
}

/// A change of an incident's episode or evidence.
public struct IncidentAmendment: Sendable {
  public let id: IncidentID
  public let firstFire: FirstFire
  public let lastHold: Timestamp
  /// In order of time.
  public let added: [EvidenceItem]
  public let removed: [EventKey]
  /// Whether something already told has changed, rather than only grown at its end.
  public let isCorrection: Bool
  /// Incidents whose evidence and first fire this one takes over in the store, because the timeline
  /// of a plain rule keeps no events.
  public let absorbed: [IncidentID]
}

/// What the store has to do, in order.
public enum IncidentAction: Sendable {
  case open(IncidentOpening)
  case amend(IncidentAmendment)
  /// The first is covered by the episode of the second.
  case merge(IncidentID, into: IncidentID)
  /// No episode is left.
  case retract(IncidentID)

  public var incident: IncidentID {
    switch self {
    case .open(let opening): opening.id
    case .amend(let amendment): amendment.id
    case .merge(let id, _): id
    case .retract(let id): id
    }
  }
}
