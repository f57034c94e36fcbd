internal import Core
internal import NIOConcurrencyHelpers
internal import NIOCore

/// What this process holds of the cache, so that a hit costs one look at the generations in Redis and
/// no transfer of the body. An entry is good for the generations that it was loaded under, and for
/// no others; the bodies are bounded in bytes.
///
/// It keeps two halves. New and used entries live in the young one; when that is full it becomes the
/// old one, and what is left in the old one is dropped.
final class LocalEntries: Sendable {
  private struct Halves {
    var young: [String: LocalEntry] = [:]
    var old: [String: LocalEntry] = [:]
    var youngBytes = 0
    var oldBytes = 0
  }

  private let halves = NIOLockedValueBox(Halves())
  /// In bytes of bodies.
  let capacity: Int

  init(capacity: Int) {
    self.capacity = capacity
  }

  /// The entry of a query, if it was loaded under these generations and is not too old.
  func entry(_ key: String, generations: String, now: Int64) -> LocalEntry? {
    halves.withLockedValue { halves in
      let young = halves.young[key]
      guard let entry = young ?? halves.old[key] else { return nil }
      guard entry.generations == generations, entry.expiresAt > now else {
        Self.remove(key, from: &halves)
        return nil
      }
      if young == nil { insert(entry, key, &halves) }
      return entry
    }
  }

  func store(_ entry: LocalEntry, _ key: String) {
    guard entry.size <= capacity / 8 else { return }
    halves.withLockedValue { halves in
      Self.remove(key, from: &halves)
      insert(entry, key, &halves)
    }
  }

  /// How many entries there are, and how many bytes their bodies take.
  var usage: (entries: Int, bytes: Int) {
    halves.withLockedValue {
      ($0.young.count + $0.old.count, $0.youngBytes + $0.oldBytes)
    }
  }

  private func insert(_ entry: LocalEntry, _ key: String, _ halves: inout Halves) {
    if let old = halves.old.removeValue(forKey: key) { halves.oldBytes -= old.size }
    if halves.youngBytes + entry.size > capacity / 2 {
      halves.old = halves.young
      halves.oldBytes = halves.youngBytes
      halves.young = [:]
      halves.youngBytes = 0
    }
    halves.young[key] = entry
    halves.youngBytes += entry.size
  }

  private static func remove(_ key: String, from halves: inout Halves) {
    if let entry = halves.young.removeValue(forKey: key) { halves.youngBytes -= entry.size }
    if let entry = halves.old.removeValue(forKey: key) { halves.oldBytes -= entry.size }
  }
}

/// A body as this process holds it.
final class LocalEntry: Sendable {
  let generations: String
  let etag: String
  /// Microseconds since 1970.
  let storedAt: Int64
  let expiresAt: Int64
  let snapshot: String?
  let body: CachedContent

  /// What it counts for, with its key. The compressed form is made later; it is smaller than the body.
  var size: Int { 2 * body.plain.readableBytes + textSize + 1024 }

  /// Bytes of the texts beside the body.
  private let textSize: Int

  init(_ entry: CacheEntry, _ generations: String, _ lifetime: CacheLifetime) {
    // The query is in the key, with the names of its scope.
    textSize =
      generations.utf8.count + entry.etag.utf8.count + entry.query.utf8.count
      + (entry.snapshot?.utf8.count ?? 0)
    self.generations = generations
    etag = entry.etag
    storedAt = entry.storedAt.microseconds
    expiresAt = entry.storedAt.microseconds + lifetime.milliseconds * 1000
    snapshot = entry.snapshot
    body = CachedContent(entry.body)
  }

  func cached(_ now: Timestamp, _ outcome: CacheOutcome) -> CachedBody {
    CachedBody(
      content: body, etag: etag, age: Int(max(0, now.microseconds - storedAt) / 1_000_000),
      outcome: outcome, snapshot: snapshot)
  }
}
