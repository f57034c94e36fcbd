internal import EventScanner

/// Paths → what a mapping wants of them: a small hash table over bytes, so that no leaf costs a String.
struct PathTable: Sendable {
  struct Actions: OptionSet, Sendable {
    let rawValue: UInt8
    static let hoist = Actions(rawValue: 1)
    static let text = Actions(rawValue: 2)
    static let skip = Actions(rawValue: 4)
    static let arrayText = Actions(rawValue: 8)
    static let named = Actions(rawValue: 16)
    static let indexed = Actions(rawValue: 32)
    static let typed = Actions(rawValue: 64)
    static let special: Actions = [.arrayText, .indexed]
  }

  struct Entry: Sendable {
    var name: Range<Int>
    /// Where the value is noted for columns and ids; -1 if nobody asks for it.
    var slot: Int32 = -1
    var rename: Range<Int>?
    /// The first of the further names, in `copies`; -1 if there are none.
    var copy: Int32 = -1
    var actions: Actions = []
  }

  /// A further name of a value.
  struct Copy: Sendable {
    let name: Range<Int>
    /// Where the value is noted under this name; -1 if nobody asks for it.
    var slot: Int32 = -1
    /// The next name of the same value; -1 if this is the last.
    let next: Int32
  }

  /// The text of all names.
  private(set) var bytes: [UInt8] = []
  private(set) var entries: [Entry] = []
  private(set) var copies: [Copy] = []
  private(set) var slotCount = 0
  var removesBlanks = false
  private var buckets: [Int32] = [-1]

  init() {}

  /// The entry of that name, made if there is none yet.
  mutating func index(of name: String) -> Int {
    let found = find(Array(name.utf8).span.bytes)
    if found >= 0 { return found }
    entries.append(Entry(name: store(name)))
    if entries.count * 2 > buckets.count {
      buckets = [Int32](repeating: -1, count: buckets.count * 4)
      for index in entries.indices { insert(index) }
    } else {
      insert(entries.count - 1)
    }
    return entries.count - 1
  }

  mutating func slot(of name: String) -> Int {
    let index = index(of: name)
    if entries[index].slot < 0 {
      entries[index].slot = Int32(slotCount)
      slotCount += 1
    }
    return Int(entries[index].slot)
  }

  mutating func setRename(of path: String, to name: String) {
    let range = store(name)
    let index = index(of: path)
    entries[index].rename = range
  }

  mutating func addCopy(of path: String, to name: String) {
    let range = store(name)
    let index = index(of: path)
    copies.append(Copy(name: range, next: entries[index].copy))
    entries[index].copy = Int32(copies.count - 1)
  }

  mutating func add(_ action: Actions, to path: String) {
    let index = index(of: path)
    entries[index].actions.insert(action)
  }

  /// A renamed path fills the slot of its new name, and a copied one also those of its further names. To
  /// be called when all is set.
  mutating func resolveSlots() {
    for index in entries.indices {
      if let rename = entries[index].rename, entries[index].slot < 0 {
        entries[index].slot = slot(ofStored: rename)
      }
    }
    for index in copies.indices { copies[index].slot = slot(ofStored: copies[index].name) }
  }

  private func slot(ofStored name: Range<Int>) -> Int32 {
    let target = find(bytes.span.bytes.extracting(name))
    return target < 0 ? -1 : entries[target].slot
  }

  private mutating func store(_ name: String) -> Range<Int> {
    let start = bytes.count
    bytes.append(contentsOf: name.utf8)
    return start..<bytes.count
  }

  private mutating func insert(_ index: Int) {
    let mask = buckets.count - 1
    var bucket = Int(truncatingIfNeeded: Self.hash(bytes.span.bytes, entries[index].name)) & mask
    while buckets[bucket] >= 0 { bucket = (bucket + 1) & mask }
    buckets[bucket] = Int32(index)
  }

  /// The index of the entry of that name; -1 if there is none.
  @inline(__always)
  func find(_ name: RawSpan) -> Int {
    let mask = buckets.count - 1
    var bucket = Int(truncatingIfNeeded: Self.hash(name, 0..<name.byteCount)) & mask
    while true {
      let index = Int(buckets[bucket])
      guard index >= 0 else { return -1 }
      if equals(name, index) { return index }
      bucket = (bucket + 1) & mask
    }
  }

  @inline(__always)
  private func equals(_ name: RawSpan, _ index: Int) -> Bool {
    let range = entries[index].name
    guard range.count == name.byteCount else { return false }
    let stored = bytes.span.bytes
    var offset = 0
    while offset + 8 <= name.byteCount {
      if name.word(at: offset) != stored.word(at: range.lowerBound + offset) { return false }
      offset += 8
    }
    while offset < name.byteCount {
      if name.byte(at: offset) != stored.byte(at: range.lowerBound + offset) { return false }
      offset += 1
    }
    return true
  }

  /// Not keyed: the table's names are the mapping's own, and a lookup ends at the first free bucket
  /// whatever a sender calls its members.
  @inline(__always)
  private static func hash(_ bytes: RawSpan, _ range: Range<Int>) -> UInt64 {
    var value = UInt64(truncatingIfNeeded: range.count) &* 0x9E37_79B9_7F4A_7C15
    var position = range.lowerBound
    while position + 8 <= range.upperBound {
      value = (value ^ bytes.word(at: position)) &* 0xFF51_AFD7_ED55_8CCD
      value ^= value >> 32
      position += 8
    }
    var tail: UInt64 = 0
    while position < range.upperBound {
      tail = tail << 8 | UInt64(bytes.byte(at: position))
      position += 1
    }
    value = (value ^ tail) &* 0xC4CE_B9FE_1A85_EC53
    return value ^ value >> 29
  }
}
