internal import Core
internal import EventScanner

/// One pass over a record's tape: writes every leaf as a field and notes those that somebody asks for.
struct RecordWalk: Sendable {
  /// For each slot of the mapping the node that fills it; -1 if the record has none.
  private(set) var slots: [Int32] = []
  /// The path of the node at hand.
  private var path: [UInt8] = []
  /// By depth: where the path of the container there ends, and where the names inside it start.
  private var pathEnds = [Int](repeating: 0, count: 256)
  private var nameStarts = [Int](repeating: 0, count: 256)
  private var insideArray = [Bool](repeating: false, count: 256)
  private var scratch: [UInt8] = []

  init() {
    path.reserveCapacity(256)
    scratch.reserveCapacity(1024)
  }

  /// The node in a slot, or nil.
  func node(in slot: Int) -> Int? {
    slots[slot] < 0 ? nil : Int(slots[slot])
  }

  mutating func start(slotCount: Int) {
    slots.removeAll(keepingCapacity: true)
    slots.append(contentsOf: repeatElement(-1, count: slotCount))
  }

  /// Walks the members of the object at `root`.
  mutating func walk(
    _ bytes: RawSpan, _ tape: borrowing JSONTape, root: Int, _ table: borrowing PathTable,
    into fields: inout EventFields
  ) {
    // Taken out for the time of the walk, so that names may be read from it while the rest changes.
    var path = self.path
    self.path = []
    defer { self.path = path }
    let base = Int(tape.nodes[root].depth)
    pathEnds[base] = 0
    nameStarts[base] = 0
    insideArray[base] = tape.nodes[root].kind == .array
    var index = root + 1
    let end = tape.nodes[root].end
    while index < end {
      let node = tape.nodes[index]
      let depth = Int(node.depth)
      let container = node.kind.isContainer && node.end > index + 1
      let nameStart = nameStarts[depth - 1]
      let isMember = node.flags.contains(.member)
      if isMember, pathEnds[depth - 1] == 0, !container, !node.flags.contains(.keyEscaped) {
        // A leaf at the top: its name is where the sender wrote it.
        let name = bytes.extracting(node.key)
        let entry = table.find(name)
        if entry < 0, table.removesBlanks, Self.hasBlank(name) {
          var kept: [UInt8] = []
          JSONText.append(name, 0..<name.byteCount, to: &kept)
          kept.removeAll { $0 == UInt8(ascii: " ") }
          let whole = kept.span.bytes
          emit(bytes, tape, index, whole, table.find(whole), depth, table, &fields)
        } else {
          emit(bytes, tape, index, name, entry, depth, table, &fields)
        }
        index += 1
        continue
      }
      enter(bytes, tape, index, depth, isMember, table.removesBlanks, &path)
      var entry = table.find(path.span.bytes.extracting(nameStart..<path.count))
      if container, nameStart > 0 {
        // Inside a hoisted container the mapping may still mean the whole path.
        let whole = table.find(path.span.bytes)
        if whole >= 0 { entry = whole }
      }
      let actions = entry < 0 ? [] : table.entries[entry].actions
      if actions.contains(.skip) {
        index = node.end
        continue
      }
      if container, node.kind == .array, !actions.isDisjoint(with: .special) {
        special(bytes, tape, index, path[nameStart...], table.entries[entry], table, &fields)
        index = node.end
        continue
      }
      if actions.contains(.typed) {
        fields.append(
          name: Self.typeName.span.bytes,
          value: path.span.bytes.extracting(nameStart..<path.count))
      }
      if container {
        if actions.contains(.named) { named(bytes, tape, index, &fields) }
        if actions.contains(.text) {
          fields.append(
            name: path.span.bytes.extracting(nameStart..<path.count),
            value: bytes.extracting(node.value))
        }
        open(depth, node.kind == .array, hoist: actions.contains(.hoist), nameStart, &path)
      } else {
        emit(
          bytes, tape, index, path.span.bytes.extracting(nameStart..<path.count), entry, depth,
          table, isHoisted: nameStart > 0, &fields)
      }
      index += 1
    }
  }

  /// Makes `path` the path of the node.
  private mutating func enter(
    _ bytes: RawSpan, _ tape: borrowing JSONTape, _ index: Int, _ depth: Int, _ isMember: Bool,
    _ removesBlanks: Bool, _ path: inout [UInt8]
  ) {
    let parentEnd = pathEnds[depth - 1]
    if path.count > parentEnd { path.removeLast(path.count - parentEnd) }
    guard isMember else { return }
    if path.count > nameStarts[depth - 1] { path.append(UInt8(ascii: ".")) }
    let keyStart = path.count
    tape.appendKey(at: index, in: bytes, to: &path)
    if removesBlanks, nameStarts[depth - 1] > 0 { Self.removeBlanks(from: keyStart, &path) }
  }

  private mutating func open(
    _ depth: Int, _ isArray: Bool, hoist: Bool, _ nameStart: Int,
    _ path: inout [UInt8]
  ) {
    if hoist { path.append(UInt8(ascii: ".")) }
    pathEnds[depth] = path.count
    nameStarts[depth] = hoist ? path.count : nameStart
    insideArray[depth] = isArray || insideArray[depth - 1]
  }

  private static let typeName = Array("type".utf8)

  /// An array that is written otherwise than element by element under its path.
  private mutating func special(
    _ bytes: RawSpan, _ tape: borrowing JSONTape, _ index: Int, _ ownName: ArraySlice<UInt8>,
    _ entry: PathTable.Entry, _ table: borrowing PathTable, _ fields: inout EventFields
  ) {
    let elements = index + 1..<tape.nodes[index].end
    if entry.slot >= 0 { slots[Int(entry.slot)] = Int32(truncatingIfNeeded: index) }
    if entry.actions.contains(.indexed) {
      for element in elements where !tape.nodes[element].kind.isContainer {
        var name = entry.copy < 0 ? [] : table.bytes[table.copies[Int(entry.copy)].name]
        name.append(contentsOf: (element - elements.lowerBound).description.utf8)
        append(bytes, tape, element, Array(name).span.bytes, &fields)
      }
      return
    }
    scratch.removeAll(keepingCapacity: true)
    ArrayText.append(bytes, tape, index, to: &scratch)
    let name = entry.rename.map { Array(table.bytes[$0]) } ?? Array(ownName)
    fields.append(name: name.span.bytes, value: scratch.span.bytes)
  }

  /// Writes the leaf at `index` and notes its slot.
  @inline(__always)
  mutating func emit(
    _ bytes: RawSpan, _ tape: borrowing JSONTape, _ index: Int, _ name: RawSpan, _ entry: Int,
    _ depth: Int, _ table: borrowing PathTable, isHoisted: Bool = false, _ fields: inout EventFields
  ) {
    guard entry >= 0 else {
      append(bytes, tape, index, name, &fields)
      return
    }
    let wanted = table.entries[entry]
    if wanted.actions.contains(.skip) { return }
    if wanted.slot >= 0 {
      // Of members with one name the last counts, of an array's elements the first.
      // What stands in a hoisted container (Windows' UserData has a `Channel`, too) never displaces
      // what the record itself says.
      if slots[Int(wanted.slot)] < 0 || !insideArray[depth - 1] && !isHoisted {
        slots[Int(wanted.slot)] = Int32(truncatingIfNeeded: index)
      }
    }
    if let rename = wanted.rename {
      let names = table.bytes
      append(bytes, tape, index, names.span.bytes.extracting(rename), &fields)
    } else {
      append(bytes, tape, index, name, &fields)
    }
    var next = wanted.copy
    while next >= 0 {
      let names = table.bytes
      let copy = table.copies[Int(next)]
      if copy.slot >= 0, slots[Int(copy.slot)] < 0 {
        slots[Int(copy.slot)] = Int32(truncatingIfNeeded: index)
      }
      append(bytes, tape, index, names.span.bytes.extracting(copy.name), &fields)
      next = copy.next
    }
  }

  /// An empty object is an empty value; an empty array is an absent field.
  @inline(__always)
  private mutating func append(
    _ bytes: RawSpan, _ tape: borrowing JSONTape, _ index: Int, _ name: RawSpan,
    _ fields: inout EventFields
  ) {
    let node = tape.nodes[index]
    switch node.kind {
    case .string where node.flags.contains(.valueEscaped):
      scratch.removeAll(keepingCapacity: true)
      tape.appendValue(at: index, in: bytes, to: &scratch)
      fields.append(name: name, value: scratch.span.bytes)
    case .string: fields.append(name: name, value: bytes.extracting(node.value))
    case .number: fields.append(name: name, value: bytes.extracting(node.value), kind: .number)
    case .bool: fields.append(name: name, value: bytes.extracting(node.value), kind: .bool)
    case .null: fields.append(name: name, value: bytes.extracting(0..<0), kind: .null)
    case .object: fields.append(name: name, value: bytes.extracting(0..<0))
    case .array: return
    }
  }

  // MARK: What the walk over Windows' XML events needs as well

  func isNoted(_ slot: Int) -> Bool { slots[slot] >= 0 }

  mutating func note(_ index: Int, in slot: Int) {
    slots[slot] = Int32(truncatingIfNeeded: index)
  }

  mutating func write(
    _ bytes: RawSpan, _ tape: borrowing JSONTape, _ index: Int, _ name: RawSpan,
    _ fields: inout EventFields
  ) {
    append(bytes, tape, index, name, &fields)
  }
}
