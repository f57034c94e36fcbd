import Core
import NIOConcurrencyHelpers
import RuleStore

@testable import Rulebook

/// Rules in memory, every state of them.
final class FakeSource: RuleSource {
  struct Unreachable: Error {}

  private struct State {
    var bases: [BaseRules] = []
    var own: [OrganizationID: [OrganizationRules]] = [:]
    var isReachable = true
    var baseReads = 0
    var ownReads = 0
    var gate: AsyncStream<Void>?
  }

  private let state = NIOLockedValueBox(State())

  var baseReads: Int { state.withLockedValue { $0.baseReads } }
  var ownReads: Int { state.withLockedValue { $0.ownReads } }

  func publish(_ base: BaseRules) { state.withLockedValue { $0.bases.append(base) } }

  func change(_ own: OrganizationRules) {
    state.withLockedValue { $0.own[own.organization, default: []].append(own) }
  }

  func setReachable(_ isReachable: Bool) {
    state.withLockedValue { $0.isReachable = isReachable }
  }

  /// Lets base rules be read only when the stream has ended.
  func hold(until gate: AsyncStream<Void>) { state.withLockedValue { $0.gate = gate } }

  private func reached() throws {
    guard state.withLockedValue({ $0.isReachable }) else { throw Unreachable() }
  }

  func base(at revision: Int64) async throws -> BaseRules {
    try reached()
    let gate = state.withLockedValue { state in
      state.baseReads += 1
      return state.gate
    }
    if let gate { for await _ in gate {} }
    return state.withLockedValue { state in
      state.bases.last { $0.revision <= revision } ?? BaseRules(revision: 0, rules: [])
    }
  }

  func baseRevision(at revision: Int64) async throws -> Int64 {
    try reached()
    return state.withLockedValue { state in
      state.bases.last { $0.revision <= revision }?.revision ?? 0
    }
  }

  func own(_ organization: OrganizationID, at revision: Int64) async throws -> OrganizationRules {
    try reached()
    return state.withLockedValue { state in
      state.ownReads += 1
      return state.own[organization]?.last { $0.revision <= revision }
        ?? OrganizationRules(organization: organization, revision: 0)
    }
  }

  func revisions(
    of organizations: [OrganizationID]
  ) async throws -> [OrganizationID: Int64] {
    try reached()
    return state.withLockedValue { state in
      let base = state.bases.last?.revision ?? 0
      return Dictionary(
        uniqueKeysWithValues: organizations.map {
          ($0, max(base, state.own[$0]?.last?.revision ?? 0))
        })
    }
  }
}
