public import Core
internal import Postgres

extension AccessAdministration {
  /// Nil where there is none.
  public func organization(
    _ id: OrganizationID
  ) async throws -> (organization: Organization, policy: OrganizationPolicy)? {
    try await pool.withConnection { connection in
      guard let organization = try connection.organization(id: id) else { return nil }
      return (organization, try connection.policy(of: id))
    }
  }

  /// Changes the principal's organization and its policy, which holds on every node within a second.
  ///
  /// - Throws: the ``Problem`` 400 `invalid_request`, 403 `tier_not_allowed` for a tier beyond the most
  ///   that is allowed, `insufficient_scope` where that itself is changed by others than operators.
  public func changeOrganization(
    _ change: OrganizationChange, by principal: Principal
  ) async throws -> (organization: Organization, policy: OrganizationPolicy) {
    if change.maximumTier != nil { try principal.require(.operate) }
    let name = try change.name.map { try label($0, field: "name") }
    let id = principal.organization
    return try await pool.withConnection { connection in
      try connection.transaction {
        try connection.lockAdministration(of: id)
        let old = try connection.policy(of: id)
        let policy = change.applied(to: old)
        for tier in [change.userTier, change.keyTier].compactMap(\.self)
        where tier > policy.maximumTier {
          throw Problem.tierNotAllowed(policy.maximumTier)
        }
        if policy != old { try connection.setPolicy(policy, of: id) }
        if let name { try connection.renameOrganization(id, to: name) }
        guard let organization = try connection.organization(id: id) else {
          throw Problem.unknown("organization")
        }
        return (organization, policy)
      }
    }
  }
}
