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

/// What becomes of the event that an incident's condition first held at.
public enum FirstFire: Sendable, Equatable {
  case unchanged
  /// It is that of an incident that stood for the beginning of the episode.
  case inherited(from: IncidentID)
  case set(EventKey)
  /// It is the earliest of its own, of those of the incidents it inherits from, and of this.
  case earliest(EventKey)
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
  /// The times of all events that it rests on.
  public let span: ClosedRange<Timestamp>
  /// In order of time.
  public let evidence: [EvidenceItem]
  /// What the condition measured at the first fire.
  public let measure: Double
  /// Incidents that stood for parts of the episode; their evidence in `span` is this one's too. Not
  /// empty where a late event parted an incident.
  public let inherits: [IncidentID]
  /// What is not inherited.
  public let removed: [EventKey]
}

/// A change of an incident's episode or evidence.
public struct IncidentAmendment: Sendable {
  public let id: IncidentID
  public let firstFire: FirstFire
  public let lastHold: Timestamp
  /// The times of all events that it rests on.
  public let span: ClosedRange<Timestamp>
  /// Whether evidence outside `span` is to go.
  public let isNarrower: Bool
  /// Where it is set, evidence of this time is what `added` says and nothing else, and the amendment
  /// may turn out to change nothing.
  public let replaced: ClosedRange<Timestamp>?
  /// In order of time.
  public let added: [EvidenceItem]
  public let removed: [EventKey]
  /// Whether something already told has changed, rather than only grown at its end.
  public let isCorrection: Bool
  /// Other incidents that stood for parts of the episode; their evidence in `span` is this one's
  /// too.
  public let inherits: [IncidentID]
}

/// What the store has to do, in this order: evidence is inherited before it is taken away.
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
