/// Which statements a connection has prepared, by their text and parameter types; bounded.
///
/// A bookkeeper without I/O: the connection asks for a name, prepares what is new and closes what
/// is put out.
struct PreparedStatements {
  struct Entry {
    let serverName: String
    let types: [UInt32]
    var lastUse: UInt64
  }

  private struct Key: Hashable {
    let sql: String
    let hash: Int

    func hash(into hasher: inout Hasher) { hasher.combine(hash) }
  }

  let capacity: Int
  private var entries: [Key: [Entry]] = [:]
  private(set) var count = 0
  private var clock: UInt64 = 0

  init(capacity: Int) {
    precondition(capacity > 0)
    self.capacity = capacity
  }

  /// The server's name of a statement that takes these values.
  mutating func name(for statement: PostgresStatement, _ values: [PostgresValue]) -> String? {
    clock += 1
    let key = Key(sql: statement.sql, hash: statement.hash)
    guard let index = entries[key]?.firstIndex(where: { Self.accepts($0.types, values) }) else {
      return nil
    }
    entries[key]?[index].lastUse = clock
    return entries[key]?[index].serverName
  }

  /// A name that was never used before.
  mutating func makeName() -> String {
    clock += 1
    return "h\(clock)"
  }

  /// Takes up a statement that was prepared.
  ///
  /// - Returns: the server's name of the statement that was longest unused, if one must go.
  mutating func insert(
    _ statement: PostgresStatement, serverName: String, types: [UInt32]
  ) -> String? {
    let evicted = count >= capacity ? evictOldest() : nil
    clock += 1
    let key = Key(sql: statement.sql, hash: statement.hash)
    entries[key, default: []].append(Entry(serverName: serverName, types: types, lastUse: clock))
    count += 1
    return evicted
  }

  private mutating func evictOldest() -> String? {
    var oldest: (key: Key, index: Int, lastUse: UInt64)?
    for (key, list) in entries {
      for (index, entry) in list.enumerated() where entry.lastUse < oldest?.lastUse ?? .max {
        oldest = (key, index, entry.lastUse)
      }
    }
    guard let oldest else { return nil }
    let name = entries[oldest.key]?.remove(at: oldest.index).serverName
    if entries[oldest.key]?.isEmpty == true { entries[oldest.key] = nil }
    count -= 1
    return name
  }

  /// A null goes for any type; every other value needs its own.
  private static func accepts(_ types: [UInt32], _ values: [PostgresValue]) -> Bool {
    guard types.count == values.count else { return false }
    for (type, value) in zip(types, values) where !value.isNull && value.oid != type {
      return false
    }
    return true
  }
}
