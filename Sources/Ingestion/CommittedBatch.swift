public import Core

/// What a batch has changed of what its organization sees.
public struct CommittedBatch: Sendable {
  public var organization: OrganizationID
  /// One time of each month of its events.
  public var months: [Timestamp]
  /// New events; 0 where all were known or quarantined.
  public var stored: Int
  public var quarantined: Int
  /// How often a rule matched one of its events.
  public var detections: Int
}
