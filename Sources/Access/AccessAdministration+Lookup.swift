public import Core
internal import Postgres

extension AccessAdministration {
  /// The user of an organization who has this email and a login that is open; nil where there is none.
  public func user(email: String, of organization: OrganizationID) async throws -> User? {
    guard let email = Email(rawValue: email) else { return nil }
    let id = try await pool.withConnection { connection in
      try connection.query(
        Self.findByEmail, [.int4(organization.rawValue), .text(email.rawValue)]
      ) { UserID(try $0.int4(0)) }.first
    }
    guard let id else { return nil }
    return try await pool.withConnection { try $0.user(id) }
  }

  private static let findByEmail = PostgresStatement(
    "users.by_email",
    """
    select id
    from users
    where organization_id = $1 and email = $2 and disabled_at is null
    """)
}
