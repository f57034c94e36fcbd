internal import Access
internal import Core
internal import HTTPTypes
internal import Hummingbird
internal import ListCache

/// `GET /api/operate/cache`: how the cache does, by endpoint.
struct CacheRoutes {
  let cached: CachedReads

  func add(to routes: RouteTable) {
    routes.on(Self.cacheEndpoint, use: statistics)
  }

  private static let cacheEndpoint = Endpoint(
    .get, "/api/operate/cache", "cache_statistics", tag: "operations",
    "How the list cache of this node has done since its start, by endpoint.",
    caller: .scope(.operate), answers: [.json(.named("CacheStatistics"))])

  static let schemas: [(name: String, schema: Schema)] = [
    (
      "CacheStatistics",
      .object([
        .member("enabled", .boolean),
        .member("bypass_reason", .nullable(.text), "Why the cache is not used now."),
        .member("hit_rate", .nullable(.number), "Hits among all reads; null before the first."),
        .member(
          "memory",
          .nullable(
            .object([
              .member("entries", .integer()), .member("bytes", .integer()),
              .member("capacity", .integer()),
            ]))), .member("warmed_pages", .integer(), "Pages that are loaded anew on a change."),
        .member(
          "endpoints",
          .array(
            .object([
              .member("endpoint", .text), .member("reads", .integer()), .member("hits", .integer()),
              .member("local_hits", .integer()), .member("misses", .integer()),
              .member("collapsed", .integer()), .member("bypasses", .integer()),
              .member("oversized", .integer()), .member("store_failures", .integer()),
              .member("hit_rate", .nullable(.number)),
            ]))),
      ])
    )
  ]

  @Sendable private func statistics(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query(of: Self.cacheEndpoint)
    let lists = cached.statistics.sorted { $0.key < $1.key }
    return Response.json { json in
      json.member("enabled", cached.cache != nil)
      json.member("bypass_reason", cached.cache?.bypassReason?.rawValue)
      json.member(
        "hit_rate",
        Self.rate(
          lists.reduce(0) { $0 + $1.value.hits }, lists.reduce(0) { $0 + $1.value.reads }))
      if let usage = cached.cache?.localUsage {
        json.object("memory") { json in
          json.member("entries", usage.entries)
          json.member("bytes", usage.bytes)
          json.member("capacity", usage.capacity)
        }
      } else {
        json.member("memory", String?.none)
      }
      json.member("warmed_pages", cached.warmer?.pageCount ?? 0)
      json.array("endpoints") { json in
        for (name, list) in lists {
          json.object { json in
            json.member("endpoint", name)
            json.member("reads", list.reads)
            json.member("hits", list.hits)
            json.member("local_hits", list.localHits)
            json.member("misses", list.misses)
            json.member("collapsed", list.collapsed)
            json.member("bypasses", list.bypasses)
            json.member("oversized", list.oversized)
            json.member("store_failures", list.storeFailures)
            json.member("hit_rate", Self.rate(list.hits, list.reads))
          }
        }
      }
    }
  }

  private static func rate(_ hits: Int, _ reads: Int) -> Double? {
    reads > 0 ? (Double(hits) / Double(reads) * 10_000).rounded() / 10_000 : nil
  }
}
