internal import Core
internal import Postgres

extension PostgresConnection {
  private static let insertUser = PostgresStatement(
    "users.insert",
    """
    insert into users (organization_id, email, password_hash, role)
    values ($1, $2, $3, $4)
    returning id, organization_id, email, role, created_at, disabled_at
    """)

  private static let users = PostgresStatement(
    "users.list",
    """
    select id, organization_id, email, role, created_at, disabled_at
    from users
    where organization_id = $1
    order by email
    """)

  private static let userByID = PostgresStatement(
    "users.by_id",
    """
    select id, organization_id, email, role, created_at, disabled_at
    from users
    where id = $1
    """)

  private static let userForLogin = PostgresStatement(
    "users.for_login",
    """
    select id, password_hash
    from users
    where email = $1
      and disabled_at is null
    """)

  private static let setPasswordHash = PostgresStatement(
    "users.set_password_hash",
    """
    update users
    set password_hash = $2
    where id = $1
      and ($3::text is null or password_hash = $3)
    """)

  private static let disableUser = PostgresStatement(
    "users.disable",
    """
    update users
    set disabled_at = coalesce(disabled_at, $3)
    where organization_id = $1
      and id = $2
    """)

  func insertUser(
    _ organization: OrganizationID, email: Email, passwordHash: String, role: Role
  ) throws -> User {
    try only(
      query(
        Self.insertUser,
        [
          .int4(organization.rawValue), .text(email.rawValue), .text(passwordHash),
          .text(role.rawValue),
        ], row: readUser))
  }

  func users(of organization: OrganizationID) throws -> [User] {
    try query(Self.users, [.int4(organization.rawValue)], row: readUser)
  }

  func user(_ id: UserID) throws -> User? {
    try query(Self.userByID, [.int4(id.rawValue)], row: readUser).first
  }

  /// The id and the password hash of a user who may log in.
  func userForLogin(_ email: Email) throws -> (id: UserID, hash: String)? {
    try query(Self.userForLogin, [.text(email.rawValue)]) {
      (UserID(try $0.int4(0)), try $0.text(1))
    }.first
  }

  /// - Parameter old: the hash that is replaced; nil replaces whatever there is.
  func setPasswordHash(_ user: UserID, to hash: String, replacing old: String? = nil) throws {
    _ = try execute(Self.setPasswordHash, [.int4(user.rawValue), .text(hash), .optionalText(old)])
  }

  /// False where the organization has no such user.
  func disableUser(_ user: UserID, of organization: OrganizationID, at time: Timestamp) throws
    -> Bool
  {
    let values: [PostgresValue] = [
      .int4(organization.rawValue), .int4(user.rawValue),
      .timestamptz(microseconds: time.microseconds),
    ]
    return try execute(Self.disableUser, values) > 0
  }
}

private func readUser(_ row: PostgresRow) throws -> User {
  guard let email = Email(rawValue: try row.text(2)) else {
    throw AccessError(.corruptRow, "users.email is not an address")
  }
  return User(
    id: UserID(try row.int4(0)), organization: OrganizationID(try row.int4(1)), email: email,
    role: try readRole(row.text(3)), createdAt: Timestamp(microseconds: try row.timestamptz(4)),
    disabledAt: try row.optionalTimestamptz(5).map(Timestamp.init(microseconds:)))
}

func readRole(_ text: String) throws -> Role {
  guard let role = Role(rawValue: text) else {
    throw AccessError(.corruptRow, "users.role is not a role that this version knows")
  }
  return role
}
