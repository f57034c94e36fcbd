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
  /// The revision of the rules by which detections are correlated, as it is stored.
  private(set) var revision: Int64
  /// The next change of rules: nothing behind its heads is read before it is crossed.
  var barrier: CorrelationBarrier?
  /// The revision up to which changes were looked for; they appear in order.
  var searched: Int64
  var organizations: [OrganizationID: OrganizationState] = [:]
  var resting = RestingOrganizations()

  init(lease: CorrelationLease, cursors: [Int32: Int64], revision: Int64) {
    self.lease = lease
    scanned = cursors
    self.revision = revision
    searched = revision
  }

  var shard: CorrelationShard { lease.shard }

  /// The time for what time decides: that of the barrier once it has passed, so that an incident does
  /// not depend on when a change of rules is looked at.
  var now: Timestamp { barrier.map { min($0.createdAt, .now) } ?? .now }

  /// The last of a writer's commits that may be read, of those up to `head`.
  func readable(_ writer: Int32, _ head: Int64) -> Int64 {
    guard let barrier else { return head }
    return min(head, max(barrier.heads[writer, default: 0], scanned[writer, default: 0]))
  }

  /// Whether all that was committed before the barrier has been looked at.
  ///
  /// - Parameter heads: of the writers that there are.
  func hasReached(_ barrier: CorrelationBarrier, _ heads: [Int32: Int64]) -> Bool {
    barrier.heads.allSatisfy { writer, head in
      heads[writer] == nil || scanned[writer, default: 0] >= head
    }
  }

  /// Goes on with the rules of the barrier.
  func cross(_ barrier: CorrelationBarrier) {
    revision = barrier.revision
    searched = max(searched, barrier.revision)
    self.barrier = nil
  }

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
