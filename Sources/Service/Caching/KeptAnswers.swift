internal import Access
internal import Core
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import ListCache

/// Keeps the answers of the routes of an ``AnswerGroup``, and makes them unreachable behind a change and
/// before it is answered, so that who made it sees it, on every node.
struct KeptAnswers: Sendable {
  let cached: CachedReads

  /// Names this process among those that share the cache.
  private static let node = UUID().uuidString

  /// The handler of an endpoint with the cache before it.
  func keeping(_ endpoint: Endpoint, _ handler: @escaping RouteTable.Handler) -> RouteTable.Handler
  {
    guard let group = endpoint.group else { return handler }
    if endpoint.isKept {
      let list = "\(endpoint.tag).\(endpoint.name)"
      return { request, context in
        let principal = try context.authenticated()
        return try await cached.respond(
          request,
          CacheScope(
            list: list, organization: principal.organization,
            within: [group.pattern(of: principal.organization)]),
          query: Self.question(request, principal, group), lifetime: group.lifetime
        ) {
          let response = try await handler(request, context)
          precondition(response.status == .ok, "what is not 200 is thrown")
          return LoadedBody(
            bytes: try await response.body.collected(), etag: response.headers[.eTag])
        }
      }
    }
    guard endpoint.method != .get else { return handler }
    return { request, context in
      let organization = try context.authenticated().organization
      let response: Response
      do {
        response = try await handler(request, context)
      } catch {
        // It may have been made all the same.
        await changed(group, of: organization)
        throw error
      }
      await changed(group, of: organization)
      return response
    }
  }

  func changed(_ group: AnswerGroup, of organization: OrganizationID) async {
    // A failure makes the cache unused on this node, and the database tells the others.
    try? await cached.cache?.invalidate(group.pattern(of: organization))
  }

  /// All that the routes of a group answer by, but the organization: none of them asks who it is that asks.
  private static func question(
    _ request: Request, _ principal: Principal, _ group: AnswerGroup
  ) -> String {
    """
    \(group.isOfNode ? node : "")
    \(principal.scopes.rawValue)
    \(request.uri.path)
    \(request.uri.query ?? "")
    """
  }
}
