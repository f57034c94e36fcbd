internal import Core
internal import RuleStore

/// Where a rulebook reads rules: the store, or a test's stand-in.
protocol RuleSource: Sendable {
  /// The installation's rules as of a revision.
  func base(at revision: Int64) async throws -> BaseRules
  /// The revision that last changed them, as of a revision; without reading them.
  func baseRevision(at revision: Int64) async throws -> Int64
  /// What an organization adds to them as of a revision.
  func own(_ organization: OrganizationID, at revision: Int64) async throws -> OrganizationRules
  /// The effective revisions now; 0 for an organization that nothing has changed for.
  func revisions(
    of organizations: [OrganizationID]
  ) async throws -> [OrganizationID: Int64]
}
