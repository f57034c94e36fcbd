public import Core
internal import HTTPTypes
internal import Hummingbird
public import ListCache
internal import NIOCore
internal import Tenancy

/// Answers from the list cache, with what a client may know of it: `X-Cache`, `Age`, `ETag` and
/// `Harrier-Position`.
public struct CachedReads: Sendable {
  let cache: ListCache?
  let warmer: CacheWarmer?

  /// - Parameters:
  ///   - cache: nil always loads.
  ///   - warmer: loads first pages anew when they change; nil leaves that to the next reader.
  public init(cache: ListCache?, warmer: CacheWarmer? = nil) {
    self.cache = cache
    self.warmer = warmer
  }

  /// By list, since the start.
  var statistics: [String: CacheStatistics] { cache?.statistics ?? [:] }

  /// - Parameters:
  ///   - query: everything that the answer depends on but its organization, which is in the scope.
  ///   - isFirstPage: whether the answer is worth being there before it is asked for again.
  ///   - isDerived: whether the answer is made of what a background job has counted, and so is of no
  ///     snapshot: it then tells no position.
  ///   - load: gives the body; what it throws is thrown here and nothing is kept.
  func respond(
    _ request: Request, _ scope: CacheScope, query: String, lifetime: CacheLifetime,
    isFirstPage: Bool = false, isDerived: Bool = false,
    load: @escaping @Sendable () async throws -> LoadedBody
  ) async throws -> Response {
    guard let cache else { return try await uncached(request, isDerived: isDerived, load: load) }
    let start = ContinuousClock.now
    let position = try ReadPosition(request.headers)
    if isFirstPage { warmer?.note(scope, query: query, lifetime: lifetime, load: load) }
    let body = try await cache.read(
      scope, query: query, lifetime: lifetime, isFresh: position.isMet(by:)
    ) { isDerived ? try await load() : try await Self.recorded(load) }
    if body.outcome == .hit { RequestTimings.current?.addCache(ContinuousClock.now - start) }
    return try Self.response(body, to: request)
  }

  /// An answer that the cache is not asked for.
  func uncached(
    _ request: Request, isDerived: Bool = false, load: @Sendable () async throws -> LoadedBody
  ) async throws -> Response {
    _ = try ReadPosition(request.headers)
    let body = isDerived ? try await load() : try await Self.recorded(load)
    return try Self.response(.uncached(body), to: request)
  }

  /// What is loaded, with the snapshot that it shows.
  static func recorded(_ load: () async throws -> LoadedBody) async throws -> LoadedBody {
    let snapshot = ReadSnapshot()
    var body = try await ReadSnapshot.$current.withValue(snapshot) { try await load() }
    body.snapshot = body.snapshot ?? snapshot.text
    return body
  }

  private static let cacheControl = HTTPField(name: .cacheControl, value: "private, no-cache")
  private static let contentType = HTTPField(name: .contentType, value: "application/json")
  private static let vary = HTTPField(name: .vary, value: GzipAnswer.acceptEncoding)

  /// 304 where the client has it; else the body in the coding that the client takes, each made once for
  /// all who read it.
  private static func response(_ body: CachedBody, to request: Request) throws -> Response {
    var headers = HTTPFields()
    // With those that every answer gets.
    headers.reserveCapacity(20)
    headers.put(.eTag, body.etag.hasPrefix("W/") ? body.etag : "W/" + body.etag)
    headers.append(cacheControl)
    headers.put(.cacheOutcome, body.outcome.rawValue)
    headers.put(.age, String(body.age))
    if let snapshot = body.snapshot { headers.put(.position, snapshot) }
    headers.append(vary)
    if request.headers.contains(.ifNoneMatch), let tag = EntityTag(header: body.etag),
      request.isCurrent(tag)
    {
      return Response(status: .notModified, headers: headers)
    }
    headers.append(contentType)
    let plain = body.content.plain
    guard plain.readableBytes > GzipAnswer.threshold,
      AcceptEncoding.acceptsGzip(request.headers[values: .acceptEncoding])
    else { return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: plain)) }
    headers.put(.contentEncoding, "gzip")
    return Response(
      status: .ok, headers: headers, body: ResponseBody(byteBuffer: try body.content.gzip()))
  }
}

extension HTTPField.Name {
  static let cacheOutcome = HTTPField.Name("X-Cache")!
}

extension CacheScope {
  static func incidents(_ organization: OrganizationID, list: String) -> CacheScope {
    CacheScope(list: list, organization: organization, within: [.incidents(of: organization)])
  }
}

extension CachePattern {
  static func incidents(of organization: OrganizationID) -> CachePattern {
    CachePattern(stringLiteral: "incidents:org:\(organization):*")
  }

  /// The lists of an organization's events in the month of `ts`.
  public static func events(of organization: OrganizationID, month ts: Timestamp) -> CachePattern {
    let date = ts.date
    return CachePattern(stringLiteral: "events:org:\(organization):\(date.year)-\(date.month):*")
  }

  /// Over more months an answer would depend on too many generations.
  private static let mostMonths = 12

  /// All that an organization has of events.
  static func events(of organization: OrganizationID) -> CachePattern {
    CachePattern(stringLiteral: "events:org:\(organization):*")
  }

  /// Its months from `from` to `to`; nil where they are too many.
  static func months(
    of organization: OrganizationID, from: Timestamp, to: Timestamp
  ) -> [CachePattern]? {
    var patterns: [CachePattern] = []
    var month = from
    while month < to {
      guard patterns.count < mostMonths else { return nil }
      patterns.append(.events(of: organization, month: month))
      month = month.month.end
    }
    return patterns
  }
}
