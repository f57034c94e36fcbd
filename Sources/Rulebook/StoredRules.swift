internal import Core
internal import RuleStore

/// The rules of the database.
struct StoredRules: RuleSource {
  let store: RuleStore

  func base(at revision: Int64) async throws -> BaseRules {
    try await store.base(at: revision)
  }

  func baseRevision(at revision: Int64) async throws -> Int64 {
    try await store.baseRevision(at: revision)
  }

  func own(_ organization: OrganizationID, at revision: Int64) async throws -> OrganizationRules {
    try await store.own(organization, at: revision)
  }

  func revisions(
    of organizations: [OrganizationID]
  ) async throws -> [OrganizationID: Int64] {
    try await store.revisions(of: organizations)
  }
}
