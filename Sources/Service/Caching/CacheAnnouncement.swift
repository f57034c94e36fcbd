public import ListCache
public import Postgres

/// Invalidations of a node that cannot reach Redis, told to those that can through the database.
public struct CacheAnnouncement: Sendable {
  static let channel = "harrier_cache"

  /// Patterns in one notification, which may have 8,000 bytes.
  private static let batch = 30

  private let pool: PostgresPool

  public init(pool: PostgresPool) {
    self.pool = pool
  }

  /// - Throws: ``ListCacheError`` of code `.notInvalidated`.
  public func tell(_ patterns: [CachePattern]) async throws(ListCacheError) {
    var rest = patterns[...]
    while !rest.isEmpty {
      let payload = rest.prefix(Self.batch).map(\.description).joined(separator: " ")
      do {
        try await pool.withConnection { connection in
          _ = try connection.execute(Self.notify, [.text(payload)])
        }
      } catch {
        throw ListCacheError(.notInvalidated, "the database can't be reached", cause: "\(error)")
      }
      rest = rest.dropFirst(Self.batch)
    }
  }

  /// What was told; all, where a part of it cannot be read and so comes from another version.
  static func read(_ payload: String) -> [CachePattern] {
    let patterns = payload.split(separator: " ").map { try? CachePattern(String($0)) }
    return patterns.contains { $0 == nil } ? [.all] : patterns.compactMap(\.self)
  }

  private static let notify = PostgresStatement(
    "cache.notify", "select pg_notify('harrier_cache', $1)")
}

extension PacedInvalidator {
  /// Invalidates in `cache`, and tells the other nodes where that fails or there is none.
  public static func invalidating(
    _ cache: ListCache?, else announcement: CacheAnnouncement
  ) -> PacedInvalidator {
    PacedInvalidator { (patterns) throws(ListCacheError) in
      guard let cache else { return try await announcement.tell(patterns) }
      do throws(ListCacheError) {
        try await cache.invalidate(patterns)
      } catch {
        // It stays noted as well, so that it is tried and told again until Redis is back.
        try await announcement.tell(patterns)
        throw error
      }
    }
  }
}
