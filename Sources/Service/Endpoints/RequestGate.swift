internal import Access
internal import Core
internal import Hummingbird
internal import Logging

/// What stands before every route: proves the credential, and that it may do this.
struct RequestGate: Sendable {
  let access: AccessControl

  /// The context with its principal.
  ///
  /// - Throws: the ``Problem``s 401 and 403.
  func admit(
    _ request: Request, _ context: HarrierRequestContext, to endpoint: Endpoint
  ) async throws -> HarrierRequestContext {
    if endpoint.caller == .anyone { return context }
    let principal = try await access.authenticate(request)
    context.auditNote.proved(principal)
    try endpoint.caller.check(principal)
    var context = context
    context.principal = principal
    context.logger[metadataKey: "subject"] = "\(principal.subject)"
    context.logger[metadataKey: "organization"] = "\(principal.organization)"
    return context
  }
}

extension Endpoint.Caller {
  /// - Throws: the ``Problem`` 403 that names what is missing.
  func check(_ principal: Principal) throws(Problem) {
    switch self {
    case .anyone, .known: break
    case .scope(let scope): try principal.require(scope)
    case .anyOf(let scopes):
      guard let first = scopes.first else { return }
      if principal.scopes.isDisjoint(with: ScopeSet(scopes)) { try principal.require(first) }
    case .person:
      guard principal.userID != nil else { throw .personNeeded }
    }
  }
}

extension Problem {
  static var personNeeded: Problem {
    Problem(
      slug: "user_needed", title: "A user is needed", status: 403,
      detail: "an API key cannot do this: log in as a user")
  }
}
