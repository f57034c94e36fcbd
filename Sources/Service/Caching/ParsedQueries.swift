internal import Core
internal import NIOConcurrencyHelpers

/// Queries that were read and checked lately: whoever looks at a list again and again sends the same
/// text, and to read it costs more than to find the answer in the cache.
///
/// Bounded: two halves, of which the old one is dropped when the young one is full.
final class ParsedQueries<Value: Sendable>: Sendable {
  private struct Key: Hashable {
    let organization: OrganizationID
    /// Bytes, since Swift takes equivalent texts of other bytes to be equal.
    let text: [UInt8]
  }

  private struct Halves {
    var young: [Key: Value] = [:]
    var old: [Key: Value] = [:]
  }

  /// In bytes; longer queries are read each time.
  private static var longest: Int { 512 }

  private let halves = NIOLockedValueBox(Halves())
  private let capacity: Int

  /// - Parameter capacity: queries that are held.
  init(capacity: Int = 4096) {
    self.capacity = capacity
  }

  /// - Parameters:
  ///   - text: the query as it was sent.
  ///   - parse: what it means for the organization, and whether it will mean the same whenever and
  ///     by whomever it is sent.
  func value(
    _ organization: OrganizationID, _ text: String?,
    parse: () async throws -> (value: Value, isLasting: Bool)
  ) async throws -> Value {
    let key = Key(organization: organization, text: Array((text ?? "").utf8))
    if let known = halves.withLockedValue({ $0.young[key] ?? $0.old[key] }) { return known }
    let (value, isLasting) = try await parse()
    guard isLasting, key.text.count <= Self.longest else { return value }
    halves.withLockedValue { halves in
      if halves.young.count >= capacity / 2 {
        halves.old = halves.young
        halves.young = [:]
      }
      halves.young[key] = value
    }
    return value
  }
}
