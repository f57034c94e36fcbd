internal import Core
internal import Correlation
internal import IncidentStore
internal import Postgres

/// The memory of one shard under one lease.
///
/// Only the correlator's one working task touches it, in its own steps or inside the transaction
/// that it waits for, so never two at a time; that is why it may be unchecked.
final class ShardState: @unchecked Sendable {
  let lease: CorrelationLease
  /// For each writer the last commit that has been looked at. Behind the stored cursor of the shard
  /// there is nothing of it up to here.
  var scanned: [Int32: Int64]
  var organizations: [OrganizationID: OrganizationState] = [:]

  init(lease: CorrelationLease, cursors: [Int32: Int64]) {
    self.lease = lease
    scanned = cursors
  }

  var shard: CorrelationShard { lease.shard }

  /// Forgets the organizations that were idle longest; those that wait for windows to close stay.
  func limitOrganizations(to limit: Int) {
    guard organizations.count > limit else { return }
    let idle = organizations.filter { !$0.value.looksAhead }
      .sorted { $0.value.lastUse < $1.value.lastUse }
    for (organization, _) in idle.prefix(organizations.count - limit) {
      organizations[organization] = nil
    }
  }
}

/// The memory of one organization.
final class OrganizationState: @unchecked Sendable {
  let organization: OrganizationID
  let revision: Int64
  var engine: CorrelationEngine
  /// The latest event time seen.
  var newest: Timestamp
  var lastUse: Timestamp
  let looksAhead: Bool

  init(
    _ organization: OrganizationID, _ rules: CorrelationRules, limits: CorrelationLimits,
    newest: Timestamp, now: Timestamp
  ) {
    self.organization = organization
    revision = rules.revision
    engine = CorrelationEngine(plans: rules.plans, limits: limits)
    self.newest = newest
    lastUse = now
    looksAhead = rules.plans.families.contains(where: \.looksAhead)
  }

  func clock(_ now: Timestamp, lateness: Int64) -> CorrelationClock {
    CorrelationClock(
      watermark: newest.advanced(byMicroseconds: -lateness), now: now, lateness: lateness)
  }
}
