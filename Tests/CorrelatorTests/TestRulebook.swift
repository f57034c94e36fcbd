import Core
import Correlation
import Correlator
import Foundation
import Testing

/// Rules that change: a plan set from each revision on.
final class TestRulebook: @unchecked Sendable {
  private struct Change {
    let revision: Int64
    let organization: OrganizationID?
    let plans: CorrelationPlanSet
  }

  struct Unavailable: Error {}

  private let lock = NSLock()
  private var changes: [Change] = []
  private var unavailable: Set<OrganizationID> = []

  /// - Parameter organization: nil for all.
  func change(_ plans: CorrelationPlanSet, _ organization: OrganizationID?, at revision: Int64) {
    lock.withLock {
      changes.append(Change(revision: revision, organization: organization, plans: plans))
    }
  }

  func setUnavailable(_ organizations: Set<OrganizationID>) {
    lock.withLock { unavailable = organizations }
  }

  var provider: CorrelationRulesProvider {
    { organization, revision in try self.rules(organization, revision) }
  }

  private func rules(
    _ organization: OrganizationID, _ revision: Int64
  ) throws -> CorrelationRules {
    try lock.withLock {
      if unavailable.contains(organization) { throw Unavailable() }
      let latest = changes.last {
        $0.revision <= revision && ($0.organization == nil || $0.organization == organization)
      }
      return CorrelationRules(plans: latest?.plans ?? .empty, revision: latest?.revision ?? 0)
    }
  }
}

extension CorrelationDatabase {
  func change(
    _ rulebook: TestRulebook, _ plans: CorrelationPlanSet, _ organization: OrganizationID? = nil
  ) async throws {
    // The rulebook must know a revision before anybody can ask for it.
    let next = try #require(
      try await number(
        "select coalesce(max(revision), 0) + 1 from rule_revisions where $1 >= 0",
        organization ?? OrganizationID(0)))
    rulebook.change(plans, organization, at: next)
    #expect(try await changeRules(organization) == next)
  }
}
