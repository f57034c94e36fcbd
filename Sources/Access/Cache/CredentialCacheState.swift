/// What a ``CredentialCache`` remembers: a bounded map with a time to live and one loader a key. It
/// does no I/O and knows no clock; times are given to it.
///
/// It keeps two generations of entries. New and used ones live in the young one; when that holds half
/// of the capacity it becomes the old one and the old one is dropped, which costs O(1) an operation
/// and keeps what is in use. What does not exist is remembered apart, so that a flood of invented
/// names cannot push out the credentials that are in use.
struct CredentialCacheState<Value: Sendable, Waiter: Sendable>: Sendable {
  enum Lookup: Sendable {
    case hit(Value?)
    /// The caller must load it and then call ``complete(_:ticket:value:expires:)`` or ``fail(_:)``.
    case load(Ticket)
    /// Someone else is loading it: ``join(_:waiter:)`` them.
    case busy
  }

  /// Proof of when a load began: what was invalidated since must not be stored.
  struct Ticket: Sendable { fileprivate let epoch: UInt64 }

  private struct Entry: Sendable {
    let value: Value?
    let expires: Duration
  }

  private struct Load: Sendable {
    var waiters: [Waiter] = []
    var invalidated = false
  }

  private let capacity: Int
  private var young: [String: Entry] = [:]
  private var old: [String: Entry] = [:]
  private var absent: [String: Entry] = [:]
  private var loads: [String: Load] = [:]
  private var epoch: UInt64 = 0

  init(capacity: Int) {
    precondition(capacity >= 4)
    self.capacity = capacity
  }

  var count: Int { young.count + old.count + absent.count }

  mutating func lookUp(_ key: String, now: Duration) -> Lookup {
    if let entry = fresh(key, now: now) { return .hit(entry.value) }
    guard loads[key] == nil else { return .busy }
    loads[key] = Load()
    return .load(Ticket(epoch: epoch))
  }

  /// Keeps the waiter until the load of `key` ends; false where nobody loads it any more.
  mutating func join(_ key: String, waiter: Waiter) -> Bool {
    guard loads[key] != nil else { return false }
    loads[key]?.waiters.append(waiter)
    return true
  }

  private mutating func fresh(_ key: String, now: Duration) -> Entry? {
    if let entry = young[key] {
      if entry.expires > now { return entry }
      young[key] = nil
      return nil
    }
    if let entry = old.removeValue(forKey: key) {
      guard entry.expires > now else { return nil }
      store(entry, as: key)
      return entry
    }
    guard let entry = absent[key] else { return nil }
    if entry.expires > now { return entry }
    absent[key] = nil
    return nil
  }

  private mutating func store(_ entry: Entry, as key: String) {
    if young.count >= capacity / 2 {
      old = young
      young = [:]
    }
    young[key] = entry
  }

  /// Ends a load. The value is kept until `expires`, unless its key was invalidated while it was being
  /// loaded: then it may be what was true before, and those who wait must ask again.
  mutating func complete(
    _ key: String, ticket: Ticket, value: Value?, expires: Duration
  ) -> (waiters: [Waiter], isCurrent: Bool) {
    guard let load = loads.removeValue(forKey: key) else { return ([], false) }
    guard !load.invalidated, ticket.epoch == epoch else { return (load.waiters, false) }
    let entry = Entry(value: value, expires: expires)
    if value != nil {
      store(entry, as: key)
    } else {
      if absent.count >= capacity / 4 { absent.removeAll(keepingCapacity: true) }
      absent[key] = entry
    }
    return (load.waiters, true)
  }

  mutating func fail(_ key: String) -> [Waiter] {
    loads.removeValue(forKey: key)?.waiters ?? []
  }

  mutating func invalidate(_ key: String) {
    young[key] = nil
    old[key] = nil
    absent[key] = nil
    loads[key]?.invalidated = true
  }

  mutating func invalidateAll() {
    young = [:]
    old = [:]
    absent = [:]
    epoch += 1
  }
}
