public import Core
internal import HTTPTypes
internal import Hummingbird
public import ListCache

/// Answers from the list cache, with what a client may know of it: `X-Cache`, `Age`, `ETag`.
public struct CachedReads: Sendable {
  private let cache: ListCache?

  /// - Parameter cache: nil always loads.
  public init(cache: ListCache?) {
    self.cache = cache
  }

  /// - Parameters:
  ///   - query: everything that the answer depends on but its organization, which is in the scope.
  ///   - load: gives the body; what it throws is thrown here and nothing is kept.
  func respond(
    _ scope: CacheScope, query: String, lifetime: CacheLifetime, load: () async throws -> LoadedBody
  ) async throws -> Response {
    let start = ContinuousClock.now
    let body: CachedBody
    if let cache {
      body = try await cache.read(scope, query: query, lifetime: lifetime, load: load)
      if body.outcome == .hit { RequestTimings.current?.addCache(ContinuousClock.now - start) }
    } else {
      let loaded = try await load()
      body = CachedBody.uncached(loaded)
    }
    let tag = EntityTag(header: body.etag)
    var response = Response.json(body.bytes, tag: tag)
    response.headers[.cacheOutcome] = body.outcome.rawValue
    response.headers[.age] = String(body.age)
    return response
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
}
