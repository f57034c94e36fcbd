internal import Core
internal import EventSearch
internal import EventStore
internal import Hummingbird
internal import ListCache
internal import Tenancy

/// Which events a request is about: the range and the conditions, read and checked.
struct EventSelection {
  static let day: Int64 = 86_400_000_000

  let filter: EventFilter
  /// The same text for the same conditions, which no two different conditions share.
  let conditions: String
  /// The range as the request or its cursor gives it. Without one it is a single list all day: its answer says which
  /// 24 hours it shows.
  let givenRange: String
  /// Whether no range was given.
  let isLatest: Bool

  /// - Parameters:
  ///   - now: without a range it is the 24 hours before it that are meant.
  ///   - range: gives the range of a cursor, made for these conditions.
  init(
    _ reader: QueryReader, organization: OrganizationID, now: Timestamp,
    range: (_ conditions: String) throws(Problem) -> Range<Timestamp>? = { _ in nil }
  ) throws(Problem) {
    let (query, openWildcard) = try EventParameters.query(reader)
    conditions = query?.description ?? ""
    let given = [try reader.string("from"), try reader.string("to")]
    let ofCursor = try range(conditions)
    isLatest = ofCursor == nil && given.allSatisfy { $0 == nil }
    if let ofCursor { try Self.check(reader, isOf: ofCursor) }
    givenRange =
      ofCursor.map { "\($0.lowerBound)\n\($0.upperBound)" }
      ?? given.map { $0 ?? "-" }.joined(separator: "\n")
    let range = if let ofCursor { ofCursor } else { try Self.range(reader, now) }
    filter = EventFilter(
      organization: organization, from: range.lowerBound, to: range.upperBound, query: query)
    let length = filter.to.microseconds - filter.from.microseconds
    if let openWildcard, length > EventQueryLimits.openWildcardMicroseconds {
      throw EventParameters.unreadable(
        openWildcard,
        "a value that does not begin with a text is searched for over a day at most: "
          + "narrow from and to, or write a prefix such as web-*")
    }
  }

  private static func range(
    _ reader: QueryReader, _ now: Timestamp
  ) throws(Problem) -> Range<Timestamp> {
    // Some sensors' clocks are ahead of ours.
    let to = try reader.time("to") ?? now.advanced(byMicroseconds: 300_000_000)
    let from =
      try reader.time("from") ?? max(.earliest, min(now, to).advanced(byMicroseconds: -day))
    guard from < to else { throw QueryReader.invalid("from", "must lie before to") }
    return from..<to
  }

  /// Whether the range that stands beside a cursor, if any does, is the cursor's own.
  private static func check(
    _ reader: QueryReader, isOf range: Range<Timestamp>
  ) throws(Problem) {
    let (from, to) = (try reader.time("from"), try reader.time("to"))
    guard from ?? range.lowerBound == range.lowerBound, to ?? range.upperBound == range.upperBound
    else {
      throw QueryReader.invalid(
        "cursor", "belongs to another range: leave from and to out beside it")
    }
  }

  /// What makes an answer invalid: new events in one of its months. Nil where it spans so many of them that
  /// it is not cached.
  func cacheScope(_ list: String) -> CacheScope? {
    CachePattern.months(of: filter.organization, from: filter.from, to: filter.to).map {
      CacheScope(list: list, organization: filter.organization, within: $0)
    }
  }
}

extension CachedReads {
  /// An answer about events: from the cache, unless it spans too many months.
  func respond(
    _ request: Request, _ list: String, of selection: EventSelection, query: [String],
    lifetime: CacheLifetime, isFirstPage: Bool = false,
    load: @escaping @Sendable () async throws -> [UInt8]
  ) async throws -> Response {
    guard let scope = selection.cacheScope(list) else {
      return try await uncached(request) { LoadedBody(bytes: try await load()) }
    }
    return try await respond(
      request, scope, query: selection.canonical(query), lifetime: lifetime,
      isFirstPage: isFirstPage
    ) { LoadedBody(bytes: try await load()) }
  }

  /// A value that goes into an answer to the request, cached by itself.
  func value(
    for request: Request, _ list: String, of selection: EventSelection, query: [String],
    lifetime: CacheLifetime, load: () async throws -> [UInt8]
  ) async throws -> [UInt8] {
    guard let cache, let scope = selection.cacheScope(list) else { return try await load() }
    let position = try ReadPosition(request.headers)
    let body = try await cache.read(
      scope, query: selection.canonical(query), lifetime: lifetime,
      isFresh: position.isMet(by:)
    ) { try await Self.recorded { LoadedBody(bytes: try await load()) } }
    // The answer shows no more than both of its parts do.
    ReadSnapshot.current?.limit(to: body.snapshot)
    return body.bytes
  }
}

extension EventSelection {
  /// - Parameter others: what the answer depends on beside the selection.
  fileprivate func canonical(_ others: [String]) -> String {
    ([conditions, givenRange] + others).joined(separator: "\n")
  }
}
