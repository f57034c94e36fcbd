internal import Access
internal import Core
internal import Hummingbird
internal import Logging

/// Proves the credential of each request and, where a scope is named, that it may do this. Put it on
/// the groups of routes that need one; nothing behind it runs without.
struct AuthenticationMiddleware: RouterMiddleware {
  let access: AccessControl
  var scope: Scope?

  @concurrent func handle(
    _ request: Request, context: HarrierRequestContext, next: Next
  ) async throws -> Response {
    let principal = try await access.authenticate(request)
    if let scope { try principal.require(scope) }
    var context = context
    context.principal = principal
    context.logger[metadataKey: "subject"] = "\(principal.subject)"
    context.logger[metadataKey: "organization"] = "\(principal.organization)"
    return try await next(request, context)
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
