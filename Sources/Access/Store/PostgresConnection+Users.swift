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

  private static let userPage = PostgresStatement(
    "users.page",
    """
    select id, organization_id, email, role, created_at, disabled_at
    from users
    where organization_id = $1
      and id > $2
    order by id
    limit $3
    """)

  private static let updateUser = PostgresStatement(
    "users.update",
    """
    update users
    set role = coalesce($3, role),
      disabled_at = case
        when $4::boolean is null then disabled_at
        when $4 then coalesce(disabled_at, $5)
        else null end
    where organization_id = $1
      and id = $2
    returning id, organization_id, email, role, created_at, disabled_at
    """)

  private static let countAdministrators = PostgresStatement(
    "users.has_administrator",
    """
    select exists (
      select
      from users
      where organization_id = $1
        and role in ('admin', 'operator')
        and disabled_at is null
    )
    """)

  private static let ownHash = PostgresStatement(
    "users.own_hash",
    """
    select password_hash, email
    from users
    where id = $1
      and disabled_at is null
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
    select id, password_hash, organization_id, disabled_at is not null
    from users
    where email = $1
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

  /// Whose email it is, whether or not he may log in.
  func userForLogin(_ email: Email) throws -> LoginAccount? {
    try query(Self.userForLogin, [.text(email.rawValue)]) {
      LoginAccount(
        id: UserID(try $0.int4(0)), hash: try $0.text(1),
        organization: OrganizationID(try $0.int4(2)),
        isDisabled: try $0.bool(3))
    }.first
  }

  /// One page in the order of ids.
  func users(
    of organization: OrganizationID, after last: UserID?, limit: Int
  ) throws -> [User] {
    try query(
      Self.userPage,
      [.int4(organization.rawValue), .int4(last?.rawValue ?? 0), .int8(Int64(limit))],
      row: readUser)
  }

  /// Nil where the organization has no such user.
  func updateUser(
    _ id: UserID, of organization: OrganizationID, role: Role?, isDisabled: Bool?,
    at time: Timestamp
  ) throws -> User? {
    try query(
      Self.updateUser,
      [
        .int4(organization.rawValue), .int4(id.rawValue), .optionalText(role?.rawValue),
        .optionalBool(isDisabled), .timestamptz(microseconds: time.microseconds),
      ], row: readUser
    ).first
  }

  /// Whether someone who may log in administers the organization.
  func hasAdministrator(_ organization: OrganizationID) throws -> Bool {
    try query(Self.countAdministrators, [.int4(organization.rawValue)]) { try $0.bool(0) }
      .first ?? false
  }

  /// Of a user who may log in.
  func passwordHash(of user: UserID) throws -> (hash: String, email: Email)? {
    try query(Self.ownHash, [.int4(user.rawValue)]) { row -> (hash: String, email: Email) in
      guard let email = Email(rawValue: try row.text(1)) else {
        throw AccessError(.corruptRow, "users.email is not an address")
      }
      return (try row.text(0), email)
    }.first
  }

  /// - Parameter old: the hash that is replaced; nil replaces whatever there is.
  /// - Returns: false where there is no such user, or the old hash is gone.
  @discardableResult
  func setPasswordHash(
    _ user: UserID, to hash: String, replacing old: String? = nil
  ) throws -> Bool {
    try execute(Self.setPasswordHash, [.int4(user.rawValue), .text(hash), .optionalText(old)]) > 0
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

/// Who logs in, before the password is looked at.
struct LoginAccount: Sendable {
  let id: UserID
  let hash: String
  let organization: OrganizationID
  let isDisabled: Bool
}
