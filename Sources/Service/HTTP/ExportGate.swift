internal import Core
internal import NIOConcurrencyHelpers

/// Bounds the exports that run at a time, by organization and on this node: each keeps a page in memory
/// and comes back to the database again and again.
final class ExportGate: Sendable {
  static let perOrganization = 2
  static let perNode = 16

  private let running = NIOLockedValueBox<[OrganizationID: Int]>([:])

  /// A place for one export; it is given back when the last reference to it goes.
  final class Place: Sendable {
    private let gate: ExportGate
    private let organization: OrganizationID

    fileprivate init(_ gate: ExportGate, _ organization: OrganizationID) {
      self.gate = gate
      self.organization = organization
    }

    deinit { gate.leave(organization) }
  }

  /// - Throws: the ``Problem`` 429 `exports_running` where there is no place.
  func enter(_ organization: OrganizationID) throws(Problem) -> Place {
    let entered = running.withLockedValue { running in
      let all = running.values.reduce(0, +)
      guard all < Self.perNode, running[organization, default: 0] < Self.perOrganization else {
        return false
      }
      running[organization, default: 0] += 1
      return true
    }
    guard entered else {
      throw Problem(
        slug: "exports_running", title: "Too many exports", status: 429,
        detail: "\(Self.perOrganization) exports of an organization and \(Self.perNode) of a node "
          + "run at a time: try again when one has ended", retryAfterSeconds: 10)
    }
    return Place(self, organization)
  }

  private func leave(_ organization: OrganizationID) {
    running.withLockedValue { running in
      let left = running[organization, default: 1] - 1
      running[organization] = left > 0 ? left : nil
    }
  }
}
