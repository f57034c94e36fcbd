internal import Core
internal import Correlation
internal import IncidentStore

/// The memory of one organization.
final class OrganizationState: @unchecked Sendable {
  let organization: OrganizationID
  let revision: Int64
  let marks: RevisionMarks
  /// What has to be kept with the next detection that is correlated.
  var unkept: CorrelationEras?
  var engine: CorrelationEngine
  /// The latest event time seen.
  var newest: Timestamp
  var lastUse: Timestamp
  let looksAhead: Bool

  init(
    _ organization: OrganizationID, _ plans: CorrelationPlanSet, _ eras: CorrelationEras,
    isKept: Bool, marks: RevisionMarks, limits: CorrelationLimits, newest: Timestamp,
    now: Timestamp
  ) {
    self.organization = organization
    self.marks = marks
    revision = eras.revision
    unkept = isKept ? nil : eras
    engine = CorrelationEngine(plans: plans.since(eras), limits: limits)
    self.newest = newest
    lastUse = now
    looksAhead = plans.families.contains(where: \.looksAhead)
  }

  func clock(_ now: Timestamp, lateness: Int64) -> CorrelationClock {
    CorrelationClock(
      watermark: newest.advanced(byMicroseconds: -lateness), now: now, lateness: lateness)
  }
}
