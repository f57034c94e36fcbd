internal import EventScanner

/// Finds the mappings whose shape a record has, from the names of its top level alone.
struct RecordRecognizer: Sendable {
  private struct Shape: Sendable {
    let all: UInt128
    let anyOf: [UInt128]
  }

  private var table = PathTable()
  private var shapes: [Shape] = []
  /// The bit of `source_type`.
  let sourceTypeBit: UInt128
  init(_ mappings: [CompiledMapping]) {
    func bit(_ name: String, _ table: inout PathTable) -> UInt128 {
      1 << UInt128(table.slot(of: name))
    }
    sourceTypeBit = bit("source_type", &table)
    for mapping in mappings {
      let shape = mapping.mapping.shape
      shapes.append(
        Shape(
          all: shape.all.reduce(0) { $0 | bit($1, &table) },
          anyOf: shape.anyOf.map { group in group.reduce(0) { $0 | bit($1, &table) } }))
    }
    precondition(table.slotCount <= 128, "shapes use more than 128 names")
  }

  /// The names of the object at `root` that shapes speak of.
  func mask(_ bytes: RawSpan, _ tape: borrowing JSONTape, root: Int) -> UInt128 {
    var mask: UInt128 = 0
    var child = root + 1
    let end = tape.nodes[root].end
    while child < end {
      let entry = table.find(bytes.extracting(tape.nodes[child].key))
      if entry >= 0 { mask |= 1 << UInt128(table.entries[entry].slot) }
      child = tape.nodes[child].end
    }
    return mask
  }

  func matches(_ index: Int, _ mask: UInt128) -> Bool {
    let shape = shapes[index]
    return mask & shape.all == shape.all && shape.anyOf.allSatisfy { mask & $0 != 0 }
  }
}
