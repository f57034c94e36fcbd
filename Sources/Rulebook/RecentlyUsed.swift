/// A few values by key; the one that was not asked for longest makes room.
struct RecentlyUsed<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private struct Entry: Sendable {
    let value: Value
    var lastUse: UInt64
  }

  private var entries: [Key: Entry] = [:]
  private var uses: UInt64 = 0
  private let capacity: Int

  init(capacity: Int) {
    self.capacity = capacity
  }

  var count: Int { entries.count }
  var keys: [Key] { Array(entries.keys) }
  var values: [Value] { entries.values.map(\.value) }

  mutating func value(for key: Key) -> Value? {
    guard let index = entries.index(forKey: key) else { return nil }
    uses += 1
    entries.values[index].lastUse = uses
    return entries.values[index].value
  }

  /// - Returns: the value that made room.
  @discardableResult
  mutating func insert(_ value: Value, for key: Key) -> Value? {
    uses += 1
    var removed: Value?
    if entries[key] == nil, entries.count >= capacity,
      let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse })?.key
    {
      removed = entries.removeValue(forKey: oldest)?.value
    }
    entries[key] = Entry(value: value, lastUse: uses)
    return removed
  }

  mutating func removeAll(where isUnwanted: (Key, Value) -> Bool) {
    entries = entries.filter { !isUnwanted($0.key, $0.value.value) }
  }

  /// Looks without counting it as a use.
  func peek(_ key: Key) -> Value? { entries[key]?.value }
}
