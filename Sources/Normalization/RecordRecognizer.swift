internal import EventScanner

/// Finds the mappings whose shape a record has, mostly from the names of its top level alone.
struct RecordRecognizer: Sendable {
  private struct Shape: Sendable {
    let all: NameSet
    let anyOf: [NameSet]
    let values: [(path: RecordPath, patterns: [TextPattern])]
  }

  /// How many names shapes may speak of.
  static let nameLimit = 512

  private var table = PathTable()
  private var longestName = 0
  /// By mapping, each with its forms.
  private var shapes: [[Shape]] = []
  /// The name `source_type`.
  let sourceTypeName: NameSet

  /// - Precondition: the shapes use at most `nameLimit` names.
  init(_ mappings: [SourceMapping]) {
    func names(_ names: [String], _ table: inout PathTable) -> NameSet {
      var set = NameSet()
      for name in names { set.insert(table.index(of: name)) }
      return set
    }
    sourceTypeName = names(["source_type"], &table)
    for mapping in mappings {
      shapes.append(
        ([mapping.shape] + mapping.otherShapes).map { shape in
          Shape(
            all: names(shape.all, &table), anyOf: shape.anyOf.map { names($0, &table) },
            values: shape.values.map { (RecordPath($0.path), $0.patterns) })
        })
    }
    precondition(table.entries.count <= Self.nameLimit, "shapes use too many names")
    longestName = table.entries.map(\.name.count).max() ?? 0
  }

  /// How many names the shapes of these mappings speak of.
  static func nameCount(_ mappings: [SourceMapping]) -> Int {
    var names: Set<String> = ["source_type"]
    for mapping in mappings {
      for shape in [mapping.shape] + mapping.otherShapes {
        names.formUnion(shape.all)
        for group in shape.anyOf { names.formUnion(group) }
      }
    }
    return names.count
  }

  /// The names of the object at `root` that shapes speak of.
  func names(_ bytes: RawSpan, _ tape: borrowing JSONTape, root: Int) -> NameSet {
    var set = NameSet()
    var child = root + 1
    let end = tape.nodes[root].end
    while child < end {
      let node = tape.nodes[child]
      // The entry of a name is its number here: the table holds nothing but names of shapes.
      let entry = node.key.count <= longestName ? table.find(bytes.extracting(node.key)) : -1
      if entry >= 0 { set.insert(entry) }
      child = node.end
    }
    return set
  }

  func matches(
    _ index: Int, _ names: NameSet, _ bytes: RawSpan, _ tape: borrowing JSONTape
  ) -> Bool {
    for shape in shapes[index] {
      guard names.contains(shape.all), shape.anyOf.allSatisfy({ names.meets($0) }) else { continue }
      if shape.values.isEmpty || hold(shape.values, bytes, tape) { return true }
    }
    return false
  }

  private func hold(
    _ values: [(path: RecordPath, patterns: [TextPattern])], _ bytes: RawSpan,
    _ tape: borrowing JSONTape
  ) -> Bool {
    for value in values {
      guard let node = value.path.node(bytes, tape) else { return false }
      if value.patterns.isEmpty { continue }
      guard !tape.nodes[node].kind.isContainer, tape.nodes[node].value.count <= 4096 else {
        return false
      }
      var text: [UInt8] = []
      tape.appendValue(at: node, in: bytes, to: &text)
      guard value.patterns.contains(where: { $0.matches(text) }) else { return false }
    }
    return true
  }
}

/// A set of the names that shapes speak of.
struct NameSet: Sendable {
  private var words = InlineArray<8, UInt64>(repeating: 0)

  @inline(__always)
  mutating func insert(_ name: Int) {
    words[name >> 6] |= 1 << UInt64(name & 63)
  }

  @inline(__always)
  func contains(_ other: NameSet) -> Bool {
    for index in 0..<8 where words[index] & other.words[index] != other.words[index] {
      return false
    }
    return true
  }

  @inline(__always)
  func meets(_ other: NameSet) -> Bool {
    for index in 0..<8 where words[index] & other.words[index] != 0 { return true }
    return false
  }
}
