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
  private let trail: AuditTrail?
  private let kept: KeptAnswers
  private let router: Router<HarrierRequestContext>
  /// In the order in which they were added.
  private(set) var endpoints: [Endpoint] = []

  /// - Parameters:
  ///   - audit: nil writes nothing down.
  ///   - cached: where answers of an ``AnswerGroup`` are kept.
  init(
    router: Router<HarrierRequestContext>, gate: RequestGate, audit: AuditLog? = nil,
    cached: CachedReads = CachedReads(cache: nil)
  ) {
    self.router = router
    self.gate = gate
    let kept = KeptAnswers(cached: cached)
    self.kept = kept
    trail = audit.map { AuditTrail(log: $0, kept: kept) }
  }

  func on(_ endpoint: Endpoint, use handler: @escaping Handler) {
    endpoints.append(endpoint)
    let gate = gate
    let computed: Handler = { request, context in
      guard endpoint.computesForLong else { return try await handler(request, context) }
      return try await offEventLoop { try await handler(request, context) }
    }
    let answered = kept.keeping(endpoint, computed)
    let admitted: Handler = { request, context in
      do {
        var response = try await answered(request, context)
        if let rate = context.rate { response.headers.append(contentsOf: rate.headers) }
        if endpoint.tellsPosition, let organization = context.principal?.organization,
          response.status.kind == .successful
        {
          // A change stands whether or not its position can be told.
          response.headers[.position] = try? await gate.tenants.snapshot(of: organization)
        }
        return response
      } catch let error {
        var error = error
        if endpoint.takesSecrets, let problem = error as? Problem {
          error = gate.limits.failed(problem, at: endpoint, context.remoteAddress)
        }
        guard let rate = context.rate else { throw error }
        throw AnsweredError(error, headers: rate.headers)
      }
    }
    let trail = endpoint.isAudited ? trail : nil
    router.on(RouterPath(endpoint.path), method: endpoint.method) { request, context in
      let known: HarrierRequestContext
      do {
        known = try await gate.admit(request, context, to: endpoint)
      } catch {
        try await trail?.refused(endpoint, context, error)
        throw error
      }
      guard let trail else { return try await admitted(request, known) }
      return try await trail.run(endpoint, request, known) { try await admitted($0, known) }
    }
  }
}

extension Endpoint.Parameter {
  /// Whether it is there if it must be, and as long as its schema says.
  fileprivate func check(_ query: QueryReader) throws(Problem) {
    guard query.has(name) else {
      guard isRequired else { return }
      throw QueryReader.invalid(name, "is needed: \(description)")
    }
    if case .string(_, let maximum?, _) = schema {
      _ = try query.string(name, maximumLength: maximum)
    }
  }
}

extension Request {
  /// The parameters of the query, of which only those of the endpoint are allowed.
  func query(of endpoint: Endpoint) throws(Problem) -> QueryReader {
    let query = try QueryReader(uri.query, allowing: endpoint.queryNames)
    for parameter in endpoint.parameters where parameter.location == .query {
      try parameter.check(query)
    }
    return query
  }
}
