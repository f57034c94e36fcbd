internal import Core
internal import NIOConcurrencyHelpers

/// Bounds the tests of rules that run at a time: some on this node, one for each organization.
final class RuleTestGate: Sendable {
  static let perNode = 2

  private let running = NIOLockedValueBox<Set<OrganizationID>>([])

  /// A place for one test; it is given back when the last reference to it goes.
  final class Place: Sendable {
    private let gate: RuleTestGate
    private let organization: OrganizationID

    fileprivate init(_ gate: RuleTestGate, _ organization: OrganizationID) {
      self.gate = gate
      self.organization = organization
    }

    deinit { gate.leave(organization) }
  }

  /// - Throws: the ``Problem`` 429 `tests_running` where there is no place.
  func enter(_ organization: OrganizationID) throws(Problem) -> Place {
    let entered = running.withLockedValue { running in
      guard running.count < Self.perNode else { return false }
      return running.insert(organization).inserted
    }
    guard entered else {
      throw Problem(
        slug: "tests_running", title: "Too many tests", status: 429,
        detail:
          "one test of an organization and \(Self.perNode) of a node run at a time: try again",
        retryAfterSeconds: 5)
    }
    return Place(self, organization)
  }

  private func leave(_ organization: OrganizationID) {
    _ = running.withLockedValue { $0.remove(organization) }
  }
}
