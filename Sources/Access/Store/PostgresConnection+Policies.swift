internal import Core
internal import Postgres

extension PostgresConnection {
  private static let findPolicy = PostgresStatement(
    "policies.of_organization",
    """
    select user_tier, key_tier, maximum_tier, session_days, session_idle_days, password_length, key_days
    from organization_policies
    where organization_id = $1
    """)

  private static let storePolicy = PostgresStatement(
    "policies.store",
    """
    insert into organization_policies (
      organization_id, user_tier, key_tier, maximum_tier, session_days, session_idle_days,
      password_length, key_days)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
    on conflict (organization_id) do update
    set user_tier = excluded.user_tier,
      key_tier = excluded.key_tier,
      maximum_tier = excluded.maximum_tier,
      session_days = excluded.session_days,
      session_idle_days = excluded.session_idle_days,
      password_length = excluded.password_length,
      key_days = excluded.key_days,
      updated_at = now()
    """)

  private static let lockOrganization = PostgresStatement(
    "organizations.lock",
    """
    select
    from organizations
    where id = $1
    for no key update
    """)

  /// The standard one where the organization has decided nothing.
  func policy(of organization: OrganizationID) throws -> OrganizationPolicy {
    try query(Self.findPolicy, [.int4(organization.rawValue)]) { row in
      OrganizationPolicy(
        userTier: try readTier(row.int2(0)), keyTier: try readTier(row.int2(1)),
        maximumTier: try readTier(row.int2(2)), sessionDays: try row.int4(3),
        sessionIdleDays: try row.int4(4), passwordLength: try row.int4(5),
        keyDays: try row.optionalInt4(6))
    }.first ?? .standard
  }

  func setPolicy(_ policy: OrganizationPolicy, of organization: OrganizationID) throws {
    _ = try execute(
      Self.storePolicy,
      [
        .int4(organization.rawValue), .int2(policy.userTier.rawValue),
        .int2(policy.keyTier.rawValue), .int2(policy.maximumTier.rawValue),
        .int4(policy.sessionDays), .int4(policy.sessionIdleDays), .int4(policy.passwordLength),
        .optionalInt4(policy.keyDays),
      ])
  }

  /// Puts changes of an organization's people and policy in a row, until the end of the transaction.
  func lockAdministration(of organization: OrganizationID) throws {
    _ = try execute(Self.lockOrganization, [.int4(organization.rawValue)])
  }
}
