internal import Access
internal import Core
internal import HTTPTypes
internal import Hummingbird
internal import Tenancy

/// Where routes are added: each by its ``Endpoint``, behind the ``RequestGate``. It remembers the
/// endpoints, for the OpenAPI document.
final class RouteTable {
  typealias Handler =
    @Sendable (Request, HarrierRequestContext) async throws -> Response

  let gate: RequestGate
  private let router: Router<HarrierRequestContext>
  /// In the order in which they were added.
  private(set) var endpoints: [Endpoint] = []

  init(router: Router<HarrierRequestContext>, gate: RequestGate) {
    self.router = router
    self.gate = gate
  }

  func on(_ endpoint: Endpoint, use handler: @escaping Handler) {
    endpoints.append(endpoint)
    let gate = gate
    router.on(RouterPath(endpoint.path), method: endpoint.method) { request, context in
      let context = try await gate.admit(request, context, to: endpoint)
      var response = try await handler(request, context)
      if endpoint.tellsPosition, let organization = context.principal?.organization,
        response.status.kind == .successful
      {
        // A change stands whether or not its position can be told.
        response.headers[.position] = try? await gate.tenants.snapshot(of: organization)
      }
      return response
    }
  }
}

extension Request {
  /// The parameters of the query, of which only those of the endpoint are allowed.
  func query(of endpoint: Endpoint) throws(Problem) -> QueryReader {
    try QueryReader(uri.query, allowing: endpoint.queryNames)
  }
}
