public import Core

/// A person with a login. Unique in the installation.
public struct UserID: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  public let rawValue: Int32

  public init(rawValue: Int32) {
    self.rawValue = rawValue
  }

  public init(_ rawValue: Int32) {
    self.rawValue = rawValue
  }

  public var description: String { String(rawValue) }
}

/// Who makes a request, as proved by a credential.
public struct Principal: Hashable, Sendable {
  public enum Subject: Hashable, Sendable {
    case user(UserID)
    case key(APIKeyID)
  }

  /// The only source of the tenant of a request.
  public let organization: OrganizationID
  public let subject: Subject
  public let scopes: ScopeSet
  /// Nil for an API key, which has scopes and no role.
  public let role: Role?
  /// The session behind an access token; nil for an API key.
  public let session: SessionID?
  /// How many requests it may make.
  public let tier: RateTier
  /// When the credential ends by itself; nil for a key without an end.
  public let expiresAt: Timestamp?

  init(
    organization: OrganizationID, subject: Subject, scopes: ScopeSet, role: Role? = nil,
    session: SessionID? = nil, tier: RateTier = .high, expiresAt: Timestamp? = nil
  ) {
    self.organization = organization
    self.subject = subject
    self.scopes = scopes
    self.role = role
    self.session = session
    self.tier = tier
    self.expiresAt = expiresAt
  }

  public var keyID: APIKeyID? {
    if case .key(let id) = subject { id } else { nil }
  }

  public var userID: UserID? {
    if case .user(let id) = subject { id } else { nil }
  }

  /// Throws a ``Problem`` 403 `insufficient_scope`, which names the scope, unless the principal has it.
  public func require(_ scope: Scope) throws(Problem) {
    guard scopes.contains(scope) else { throw .insufficientScope(scope) }
  }
}

extension Principal.Subject: CustomStringConvertible {
  /// `user:7` or `key:0k3v…`: what the journal and the logs name.
  public var description: String {
    switch self {
    case .user(let id): "user:\(id)"
    case .key(let id): "key:\(id)"
    }
  }
}
