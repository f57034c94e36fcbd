internal import Access
internal import Core
internal import HTTPTypes
internal import Hummingbird

/// Where routes are added: each by its ``Endpoint``, behind the ``RequestGate``. It remembers the
/// endpoints, for the OpenAPI document.
final class RouteTable {
  typealias Handler =
    @Sendable (Request, HarrierRequestContext) async throws -> Response

  let gate: RequestGate
  private let trail: AuditTrail?
  private let router: Router<HarrierRequestContext>
  /// In the order in which they were added.
  private(set) var endpoints: [Endpoint] = []

  /// - Parameter audit: nil writes nothing down.
  init(router: Router<HarrierRequestContext>, gate: RequestGate, audit: AuditLog? = nil) {
    self.router = router
    self.gate = gate
    trail = audit.map { AuditTrail(log: $0) }
  }

  func on(_ endpoint: Endpoint, use handler: @escaping Handler) {
    endpoints.append(endpoint)
    let gate = gate
    let admitted: Handler = { request, context in
      let context = try await gate.admit(request, context, to: endpoint)
      return try await handler(request, context)
    }
    let trail = endpoint.isAudited ? trail : nil
    router.on(RouterPath(endpoint.path), method: endpoint.method) { request, context in
      guard let trail else { return try await admitted(request, context) }
      return try await trail.run(endpoint, request, context) {
        try await admitted(request, context)
      }
    }
  }
}

extension Request {
  /// The parameters of the query, of which only those of the endpoint are allowed.
  func query(of endpoint: Endpoint) throws(Problem) -> QueryReader {
    try QueryReader(uri.query, allowing: endpoint.queryNames)
  }
}
