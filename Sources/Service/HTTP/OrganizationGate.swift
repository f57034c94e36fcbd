internal import Core
internal import NIOConcurrencyHelpers

/// Bounds what runs for long, by organization and on this node.
final class OrganizationGate: Sendable {
  /// A place; it is given back when the last reference to it goes.
  final class Place: Sendable {
    private let gate: OrganizationGate
    private let organization: OrganizationID

    fileprivate init(_ gate: OrganizationGate, _ organization: OrganizationID) {
      self.gate = gate
      self.organization = organization
    }

    deinit { gate.leave(organization) }
  }

  private let perOrganization: Int
  private let perNode: Int
  private let refusal: @Sendable (_ perOrganization: Int, _ perNode: Int) -> Problem
  private let running = NIOLockedValueBox<[OrganizationID: Int]>([:])

  /// - Parameter refusal: what is thrown where there is no place.
  init(
    perOrganization: Int, perNode: Int,
    refusal: @escaping @Sendable (_ perOrganization: Int, _ perNode: Int) -> Problem
  ) {
    self.perOrganization = perOrganization
    self.perNode = perNode
    self.refusal = refusal
  }

  /// Exports: each keeps a page or a bundle in memory, and comes back to the database again and again.
  static func ofExports() -> OrganizationGate {
    OrganizationGate(perOrganization: 2, perNode: 16) { perOrganization, perNode in
      Problem(
        slug: "exports_running", title: "Too many exports", status: 429,
        detail: "\(perOrganization) exports of an organization and \(perNode) of a node "
          + "run at a time: try again when one has ended", retryAfterSeconds: 10)
    }
  }

  static func ofRuleTests() -> OrganizationGate {
    OrganizationGate(perOrganization: 1, perNode: 2) { perOrganization, perNode in
      Problem(
        slug: "tests_running", title: "Too many tests", status: 429,
        detail: "\(perOrganization) test of an organization and \(perNode) of a node "
          + "run at a time: try again", retryAfterSeconds: 5)
    }
  }

  /// - Throws: the ``Problem`` 429 where there is no place.
  func enter(_ organization: OrganizationID) throws(Problem) -> Place {
    let entered = running.withLockedValue { running in
      let all = running.values.reduce(0, +)
      guard all < perNode, running[organization, default: 0] < perOrganization else { return false }
      running[organization, default: 0] += 1
      return true
    }
    guard entered else { throw refusal(perOrganization, perNode) }
    return Place(self, organization)
  }

  private func leave(_ organization: OrganizationID) {
    running.withLockedValue { running in
      let left = running[organization, default: 1] - 1
      running[organization] = left > 0 ? left : nil
    }
  }
}
