internal import Core
internal import EventScanner

extension RecordWalk {
  /// The values of a list of names and values, each under its name.
  mutating func named(
    _ bytes: RawSpan, _ tape: borrowing JSONTape, _ array: Int, _ fields: inout EventFields
  ) {
    var element = array + 1
    while element < tape.nodes[array].end {
      defer { element = tape.nodes[element].end }
      guard tape.nodes[element].kind == .object,
        let name = tape.member("name", of: element, in: bytes),
        tape.nodes[name].kind == .string, tape.nodes[name].value.count <= 256
      else { continue }
      let text = Array(tape.string(at: name, in: bytes).lowercased().utf8)
      var child = element + 1
      while child < tape.nodes[element].end {
        if child != name { write(bytes, tape, child, text.span.bytes, &fields) }
        child = tape.nodes[child].kind == .array ? child + 1 : tape.nodes[child].end
      }
    }
  }

  @inline(__always)
  static func hasBlank(_ name: RawSpan) -> Bool {
    var position = 0
    while position + 8 <= name.byteCount {
      // A byte that is zero borrows from the one above it (exact for the question whether there is any).
      let word = name.word(at: position) ^ 0x2020_2020_2020_2020
      if (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080 != 0 { return true }
      position += 8
    }
    while position < name.byteCount {
      if name.byte(at: position) == UInt8(ascii: " ") { return true }
      position += 1
    }
    return false
  }

  static func removeBlanks(from start: Int, _ path: inout [UInt8]) {
    guard path[start...].contains(UInt8(ascii: " ")) else { return }
    let kept = path[start...].filter { $0 != UInt8(ascii: " ") }
    path.replaceSubrange(start..., with: kept)
  }
}
