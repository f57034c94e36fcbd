internal import Access
internal import Core
internal import Hummingbird
internal import Tenancy

/// What stands before every route: proves the credential, that it may do this, and that it has not
/// done too much.
struct RequestGate: Sendable {
  let access: AccessControl
  let tenants: TenantPool
  var limits = RequestLimits()

  /// The context with its principal.
  ///
  /// - Throws: the ``Problem``s 401, 403 and 429.
  func admit(
    _ request: Request, _ context: HarrierRequestContext, to endpoint: Endpoint
  ) async throws -> HarrierRequestContext {
    if endpoint.caller == .anyone {
      if endpoint.takesSecrets { try limits.checkSecrets(of: context.remoteAddress) }
      return context
    }
    let principal: Principal
    do {
      principal = try await access.authenticate(request)
    } catch let problem as Problem {
      throw limits.failed(problem, at: endpoint, context.remoteAddress)
    }
    context.auditNote.proved(principal)
    var context = context
    context.principal = principal
    // What is refused counts, too.
    if endpoint.limit == .tier { context.rate = try await limits.count(principal) }
    do throws(Problem) {
      try endpoint.caller.check(principal)
    } catch {
      throw context.rate.map { AnsweredError(error, headers: $0.headers) } ?? error
    }
    return context
  }
}

extension AccessControl {
  /// Who makes the request, by its headers.
  ///
  /// - Throws: the ``Problem``s of ``AccessControl/authenticate(authorization:apiKey:)``.
  func authenticate(_ request: Request) async throws -> Principal {
    try await authenticate(
      authorization: request.headers[values: .authorization],
      apiKey: request.headers[values: .apiKey])
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
