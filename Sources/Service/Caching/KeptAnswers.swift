internal import Access
internal import Core
internal import HTTPTypes
internal import Hummingbird
internal import ListCache

/// Keeps the answers of the routes of an ``AnswerGroup``, and makes them unreachable behind a change and
/// before it is answered, so that who made it sees it, on every node.
struct KeptAnswers: Sendable {
  let cached: CachedReads

  func answer(
    _ endpoint: Endpoint, _ request: Request, _ context: HarrierRequestContext,
    _ handler: @escaping RouteTable.Handler
  ) async throws -> Response {
    guard let group = endpoint.group, let principal = context.principal else {
      return try await handler(request, context)
    }
    if endpoint.isKept {
      return try await cached.respond(
        request,
        CacheScope(
          list: "\(endpoint.tag).\(endpoint.name)", organization: principal.organization,
          within: [group.pattern(of: principal.organization)]),
        query: Self.question(request, principal), lifetime: group.lifetime
      ) {
        let response = try await handler(request, context)
        return LoadedBody(
          bytes: try await response.body.collected(), etag: response.headers[.eTag])
      }
    }
    guard endpoint.method != .get else { return try await handler(request, context) }
    let response: Response
    do {
      response = try await handler(request, context)
    } catch {
      // It may have been made all the same.
      await changed(group, of: principal.organization)
      throw error
    }
    await changed(group, of: principal.organization)
    return response
  }

  func changed(_ group: AnswerGroup, of organization: OrganizationID) async {
    // A failure makes the cache unused on this node, and the database tells the others.
    try? await cached.cache?.invalidate(group.pattern(of: organization))
  }

  /// All that an answer may depend on but the organization.
  private static func question(_ request: Request, _ principal: Principal) -> String {
    "\(principal.scopes.rawValue)\n\(request.uri.path)\n\(request.uri.query ?? "")"
  }
}
