internal import Core

/// The events of one group of one correlation in order of time, with the moments at which the
/// condition holds and the incidents that stand for them.
///
/// It is a pure state machine: what it says depends on the set of events alone, never on the order
/// of their arrival. An event that arrives late is put in its place, and what it can change, the
/// windows that hold it, is evaluated anew.
struct Timeline: Sendable {
  let group: Group
  private(set) var items: [Item] = []
  /// Sorted by time; no two overlap.
  var episodes: [Episode] = []
  /// The window that ends with the newest item, so that appending costs nothing twice.
  var live: (window: Window, start: Int, end: Int)?
  /// The first moment whose window is still open, for a condition that looks ahead.
  var firstUndecided: Int64?
  private(set) var change: UInt32 = 0
  /// The times that the last change touched.
  private var touched: ClosedRange<Int64>?
  /// Items of the last change that are gone, but had been passed on.
  var withdrawn: [Item] = []
  /// Events that the last change took away.
  private(set) var removed: [EventKey] = []

  init(group: Group) {
    self.group = group
  }

  /// Puts events in their places.
  ///
  /// - Parameters:
  ///   - inserts: sorted by time and id.
  ///   - removals: steps that no longer match an event.
  /// - Returns: the first and last time at which anything changed; nil if nothing did.
  mutating func place(
    _ inserts: [Item], removals: [(key: EventKey, steps: UInt64)] = []
  ) -> ClosedRange<Int64>? {
    change &+= 1
    removed = []
    touched = insert(inserts)
    for removal in removals {
      guard let index = index(of: removal.key), items[index].steps & removal.steps != 0 else {
        continue
      }
      items[index].steps &= ~removal.steps
      if items[index].steps == 0 {
        let gone = items.remove(at: index)
        if !gone.fed.isEmpty { withdrawn.append(gone) }
        if !isNew(gone) { removed.append(gone.key) }
      }
      live = nil
      touched = touched.extended(to: removal.key.ts.microseconds)
    }
    return touched
  }

  private mutating func insert(_ inserts: [Item]) -> ClosedRange<Int64>? {
    guard let first = inserts.first else { return nil }
    var touched: ClosedRange<Int64>?
    let start = items.partitionIndex { !Item.precedes($0, first) }
    if start == items.count {
      for item in inserts { append(item, &touched) }
      return touched
    }
    live = nil
    // What comes later is moved out of the way, newest first, and back in between: moving an item
    // costs less than copying it.
    var later: [Item] = []
    later.reserveCapacity(items.count - start)
    while items.count > start { later.append(items.removeLast()) }
    for item in inserts {
      while let next = later.indices.last, !Item.precedes(item, later[next]) {
        items.append(later.removeLast())
      }
      append(item, &touched)
    }
    while let next = later.popLast() { items.append(next) }
    return touched
  }

  /// Appends an item, or adds its steps to the last one if that is the same event.
  private mutating func append(_ item: Item, _ touched: inout ClosedRange<Int64>?) {
    if let last = items.indices.last, items[last].ts == item.ts, items[last].id == item.id {
      guard items[last].steps | item.steps != items[last].steps else { return }
      items[last].join(item)
      live = nil
    } else {
      items.append(item)
      items[items.count - 1].change = change
    }
    touched = touched.extended(to: item.ts)
  }

  /// Takes every item for new, because the incidents may not know of it.
  mutating func distrust() {
    _ = place([])
    for index in items.indices { items[index].change = change }
    if let first = items.first, let last = items.last { touched = first.ts...last.ts }
  }

  /// Whether the last change brought the item.
  func isNew(_ item: Item) -> Bool { item.change == change }

  /// The part of `range` that the last change touched.
  func touched(in range: ClosedRange<Int64>) -> ClosedRange<Int64>? {
    guard let touched, touched.overlaps(range) else { return nil }
    return touched.clamped(to: range)
  }

  func index(of key: EventKey) -> Int? {
    let ts = key.ts.microseconds
    let index = items.partitionIndex { $0.ts != ts ? $0.ts > ts : !($0.id < key.id) }
    guard index < items.count, items[index].ts == ts, items[index].id == key.id else { return nil }
    return index
  }

  /// The first index whose time is `ts` or later.
  func index(from ts: Int64) -> Int {
    items.partitionIndex { $0.ts >= ts }
  }

  /// The end of the tick that begins at `index`: all items of that time.
  func tickEnd(_ index: Int) -> Int {
    var end = index + 1
    while end < items.count, items[end].ts == items[index].ts { end += 1 }
    return end
  }

  /// Sets what an evaluation found for one tick.
  mutating func mark(_ tick: Range<Int>, holds: Bool, fires: Bool) {
    for index in tick {
      items[index].holds = holds
      items[index].fires = fires
    }
  }

  mutating func setFed(_ feeds: Item.Feeds, at index: Int) {
    items[index].fed = feeds
  }

  /// Forgets what is older than `ts`. Incidents whose episode could still grow into what is kept are
  /// kept too.
  ///
  /// - Returns: how many items were forgotten.
  mutating func forget(before ts: Int64, timespan: Int64) -> Int {
    let count = index(from: ts)
    guard count > 0 else { return 0 }
    items.removeFirst(count)
    if let live, live.start >= count {
      self.live = (live.window, live.start - count, live.end - count)
    } else {
      live = nil
    }
    episodes.removeAll { $0.last.microseconds < ts - timespan }
    return count
  }
}

extension ClosedRange<Int64>? {
  func extended(to value: Int64) -> ClosedRange<Int64> {
    guard let self else { return value...value }
    return min(self.lowerBound, value)...max(self.upperBound, value)
  }
}
