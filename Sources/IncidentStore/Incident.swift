public import Core
public import Correlation

/// An incident as people and programs see it (interface.md §5).
public struct Incident: Sendable, Equatable {
  public struct Rule: Sendable, Equatable {
    public let id: String
    public let version: Int32
    public let title: String
  }

  public let id: IncidentID
  /// Per organization, from 1.
  public let number: Int64
  public let title: String
  public let reason: String
  public let severity: IncidentSeverity
  public let status: IncidentStatus
  public let verdict: IncidentVerdict?
  /// What a person said of the verdict.
  public let verdictReason: String?
  public let assignee: String?
  public let tags: [String]
  public let srcIP: IPAddress?
  public let entities: [IncidentEntity]
  public let tactics: [String]
  public let techniques: [String]
  /// Nil where a person opened it.
  public let rule: Rule?
  /// Those of the incidents that are merged into it, too, without those that were split off.
  public let eventCount: Int64
  /// Of the same events.
  public let firstEventAt: Timestamp?
  public let lastEventAt: Timestamp?
  /// Of all that correlation found for this incident alone, by which lists are ordered.
  let ownLastEventAt: Timestamp?
  public let createdAt: Timestamp
  public let updatedAt: Timestamp
  /// When a person first changed its status.
  public let acknowledgedAt: Timestamp?
  public let resolvedAt: Timestamp?
  /// Grows with each change; the `ETag`.
  public let revision: Int32
  /// Whether a late event changed what had been told before.
  public let amended: Bool
  public let mergedInto: IncidentID?
  /// JSON: the condition, its threshold, what was measured, window, group and first fire. Lists leave it
  /// empty.
  public let explanation: String

  /// `INC-1042`.
  public var name: String { "INC-\(number)" }
}

/// An event that an incident rests on.
public struct IncidentEvidence: Sendable, Equatable {
  public let event: EventKey
  /// The rules that found it, sorted.
  public let ruleIDs: [String]
}

/// What was done to an incident, by whom and when.
public struct IncidentJournalEntry: Sendable, Equatable {
  /// Per organization, from 1, without gaps.
  public let sequence: Int64
  public let incident: IncidentID
  public let at: Timestamp
  /// `system`, or who did it.
  public let actor: String
  /// `opened`, `amended`, `merged`, `retracted`, `reopened`, `created`, `updated`, `commented`,
  /// `comment_withdrawn`, `absorbed`, `split`, `split_off`, `split_events`, `undone`.
  public let action: String
  /// JSON.
  public let detail: String
  /// SHA-256 over the hash before it and this entry.
  public let hash: [UInt8]
  /// The hash before it; empty before the first.
  public let previous: [UInt8]
}
