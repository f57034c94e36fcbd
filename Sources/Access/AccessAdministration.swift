public import Core
internal import Postgres

/// What administrators do to organizations, people and keys. It checks values, not permissions: the
/// caller does that.
public struct AccessAdministration: Sendable {
  let pool: PostgresPool
  let passwords: PasswordHasher
  let clock: AccessClock

  /// - Throws: the ``Problem`` 400 `invalid_request` or 409 `conflict`.
  public func createOrganization(slug: String, name: String) async throws -> Organization {
    guard isSlug(slug) else {
      throw Problem.invalid(
        "slug", "invalid", "slug must have 1 to 63 lower-case letters, digits or inner hyphens")
    }
    let name = try label(name, field: "name")
    return try await unlessTaken("slug", "the slug is taken by another organization") {
      try await pool.withConnection { try $0.insertOrganization(slug: slug, name: name) }
    }
  }

  public func organizations() async throws -> [Organization] {
    try await pool.withConnection { try $0.organizations() }
  }

  /// Nil where there is none.
  public func organization(slug: String) async throws -> Organization? {
    guard isSlug(slug) else { return nil }
    return try await pool.withConnection { try $0.organization(slug: slug) }
  }

  /// - Parameter email: a login name; unique in the installation.
  /// - Throws: the ``Problem`` 400 `invalid_request`, 404 `not_found` or 409 `conflict`.
  public func createUser(
    in organization: OrganizationID, email: String, password: Secret<String>, role: Role
  ) async throws -> User {
    let email = try Email.read(email)
    let policy = try await pool.withConnection { try $0.policy(of: organization) }
    try PasswordPolicy.check(password, email: email, minimumLength: Int(policy.passwordLength))
    let hash = try await passwords.hash(password)
    return try await unlessTaken("email", "the email is taken by another user") {
      try await pool.withConnection {
        try $0.insertUser(organization, email: email, passwordHash: hash, role: role)
      }
    }
  }

  public func users(of organization: OrganizationID) async throws -> [User] {
    try await pool.withConnection { try $0.users(of: organization) }
  }

  /// Sets a new password and ends all sessions of the user.
  ///
  /// - Throws: the ``Problem`` 400 `invalid_request` or 404 `not_found`.
  public func setPassword(
    of user: UserID, in organization: OrganizationID, to password: Secret<String>
  ) async throws {
    let found = try await pool.withConnection { try $0.user(user) }
    guard let found, found.organization == organization else { throw Problem.unknown("user") }
    let policy = try await pool.withConnection { try $0.policy(of: organization) }
    try PasswordPolicy.check(
      password, email: found.email, minimumLength: Int(policy.passwordLength))
    let hash = try await passwords.hash(password)
    let now = clock.wall()
    try await pool.withConnection { connection in
      try connection.transaction {
        try connection.setPasswordHash(user, to: hash)
        try connection.revokeSessions(of: user, at: now)
      }
    }
  }

  /// Closes the login and ends all sessions of the user.
  ///
  /// - Throws: the ``Problem`` 404 `not_found`.
  public func disableUser(_ user: UserID, in organization: OrganizationID) async throws {
    let now = clock.wall()
    let found = try await pool.withConnection { connection in
      try connection.transaction { () -> Bool in
        guard try connection.disableUser(user, of: organization, at: now) else { return false }
        try connection.revokeSessions(of: user, at: now)
        return true
      }
    }
    guard found else { throw Problem.unknown("user") }
  }
}

private func isSlug(_ text: String) -> Bool {
  let letters = text.utf8
  return (1...63).contains(letters.count) && letters.first != UInt8(ascii: "-")
    && letters.allSatisfy {
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "-")
    }
}

/// A name for people to read: 1 to 200 bytes, no control characters, not only blanks.
func label(_ text: String, field: String) throws(Problem) -> String {
  guard (1...200).contains(text.utf8.count), text.contains(where: { !$0.isWhitespace }),
    text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
  else {
    throw .invalid(field, "invalid", "\(field) must have 1 to 200 bytes and no control characters")
  }
  return text
}

func unlessTaken<Result>(
  _ field: String, _ detail: String, _ body: () async throws -> Result
) async throws -> Result {
  do {
    return try await body()
  } catch let error as PostgresError where error.isUniqueViolation {
    throw Problem.taken(field, detail)
  } catch let error as PostgresError where error.sqlState == "23503" {
    throw Problem.unknown("organization")
  }
}
