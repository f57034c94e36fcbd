public import Core
internal import Postgres

extension AccessAdministration {
  /// What is changed of a user; nil leaves it as it is.
  public struct UserChange: Sendable {
    public var role: Role?
    public var isDisabled: Bool?

    public init(role: Role? = nil, isDisabled: Bool? = nil) {
      self.role = role
      self.isDisabled = isDisabled
    }
  }

  /// Makes a user who may do no more than the one who makes him.
  ///
  /// - Throws: what ``createUser(in:email:password:role:)`` throws, and the ``Problem`` 403
  ///   `beyond_own_scopes`.
  public func createUser(
    email: String, password: Secret<String>, role: Role, by principal: Principal
  ) async throws -> User {
    try principal.requireAuthority(over: role.scopes)
    return try await createUser(
      in: principal.organization, email: email, password: password, role: role)
  }

  /// One page in the order of ids.
  ///
  /// - Parameter last: the last one of the page before; nil for the first page.
  public func users(
    of organization: OrganizationID, after last: UserID?, limit: Int
  ) async throws -> [User] {
    try await pool.withConnection { try $0.users(of: organization, after: last, limit: limit) }
  }

  /// Nil where the organization has no such user.
  public func user(_ id: UserID, of organization: OrganizationID) async throws -> User? {
    let user = try await pool.withConnection { try $0.user(id) }
    return user.flatMap { $0.organization == organization ? $0 : nil }
  }

  /// Changes a user's role, or closes or opens his login. Closing it ends his sessions.
  ///
  /// - Throws: the ``Problem`` 403 `beyond_own_scopes` where he may do more than the principal, or would;
  ///   404 `not_found`; 409 `last_admin` where nobody would be left who administers the organization.
  public func changeUser(
    _ id: UserID, _ change: UserChange, by principal: Principal
  ) async throws -> User {
    let organization = principal.organization
    let now = clock.wall()
    return try await pool.withConnection { connection in
      try connection.transaction {
        // One change at a time, so that of two last administrators one stays.
        try connection.lockAdministration(of: organization)
        guard let user = try connection.user(id), user.organization == organization else {
          throw Problem.unknown("user")
        }
        try principal.requireAuthority(
          over: user.role.scopes.union((change.role ?? user.role).scopes))
        guard
          let changed = try connection.updateUser(
            id, of: organization, role: change.role, isDisabled: change.isDisabled, at: now)
        else { throw Problem.unknown("user") }
        guard try connection.hasAdministrator(organization) || !user.isAdministrator else {
          throw Problem.lastAdministrator
        }
        if change.isDisabled == true { try connection.revokeSessions(of: id, at: now) }
        return changed
      }
    }
  }

  /// Sets a user's password and ends all of his sessions.
  ///
  /// - Throws: what ``setPassword(of:in:to:)`` throws, and the ``Problem`` 403 `beyond_own_scopes`.
  public func setPassword(
    of id: UserID, to password: Secret<String>, by principal: Principal
  ) async throws {
    guard let user = try await user(id, of: principal.organization) else {
      throw Problem.unknown("user")
    }
    try principal.requireAuthority(over: user.role.scopes)
    try await setPassword(of: id, in: principal.organization, to: password)
  }
}

extension User {
  /// Whether he may log in and administer his organization.
  fileprivate var isAdministrator: Bool {
    disabledAt == nil && role.scopes.contains(.admin)
  }
}
