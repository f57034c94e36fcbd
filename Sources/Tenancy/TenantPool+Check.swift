internal import Postgres

extension TenantPool {
  /// Makes sure that the pool's sessions are under row-level security in every protected table.
  ///
  /// - Parameter ownLogin: whether the sessions logged in as a role of their own, which then must not
  ///   be able to leave row-level security either.
  /// - Throws: `TenancyError` where they are not: a superuser, an owner of the tables and a role with
  ///   `bypassrls` see everything.
  public func check(ownLogin: Bool) async throws {
    let (role, open, mayLeave) = try await pool.withConnection { connection in
      let sessions = try connection.query(Self.findRole) {
        (try $0.text(0), try $0.bool(1), try $0.int8(2))
      }
      guard let (role, mayLeave, tables) = sessions.first, tables > 0 else {
        throw TenancyError(
          .unprotected, "no table is under row-level security: run harrier migrate up")
      }
      return (role, try connection.query(Self.findOpen) { try $0.text(0) }, mayLeave)
    }
    guard open.isEmpty else {
      throw TenancyError(
        .unprotected,
        "the role \(role) that tenants' queries run as is not subject to row-level security in "
          + "\(open.joined(separator: ", ")): give it no superuser, bypassrls or ownership of the "
          + "tables")
    }
    guard !ownLogin || !mayLeave else {
      throw TenancyError(
        .unprotected,
        "the login of tenants' queries can leave row-level security: it must be neither a superuser "
          + "nor have bypassrls nor be a member of the tables' owner")
    }
  }

  private static let findRole = PostgresStatement(
    "tenant.role",
    """
    select current_user::text,
      exists (
        select
        from pg_roles r
        where r.rolname = session_user and (r.rolsuper or r.rolbypassrls))
      or exists (
        select
        from pg_policy p
        join pg_class c on c.oid = p.polrelid
        where p.polname = 'tenant' and pg_has_role(session_user, c.relowner, 'member')),
      (select count(*) from pg_policy where polname = 'tenant')
    """)
  private static let findOpen = PostgresStatement(
    "tenant.open_tables",
    """
    select c.relname::text
    from pg_policy p
    join pg_class c on c.oid = p.polrelid
    where p.polname = 'tenant' and not row_security_active(c.oid)
    order by 1
    """)
}
