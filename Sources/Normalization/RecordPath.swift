internal import EventScanner

/// A way from a record's top to a value: names joined by dots, where a member may have dots in its own
/// name.
struct RecordPath: Sendable {
  private let name: [UInt8]

  init(_ path: String) {
    name = Array(path.utf8)
  }

  /// The first value that the path leads to; nil if there is none. Of an array it looks at the elements.
  func node(_ bytes: RawSpan, _ tape: borrowing JSONTape) -> Int? {
    find(bytes, tape, 0, from: 0)
  }

  private func find(
    _ bytes: RawSpan, _ tape: borrowing JSONTape, _ container: Int, from start: Int
  ) -> Int? {
    var child = container + 1
    let end = tape.nodes[container].end
    while child < end {
      let node = tape.nodes[child]
      if node.flags.contains(.member) {
        let length = node.key.count
        if has(bytes, node.key, at: start) {
          if start + length == name.count { return child }
          if node.kind.isContainer, name[start + length] == UInt8(ascii: "."),
            let found = find(bytes, tape, child, from: start + length + 1)
          {
            return found
          }
        }
      } else if node.kind == .object, let found = find(bytes, tape, child, from: start) {
        return found
      }
      child = node.end
    }
    return nil
  }

  private func has(_ bytes: RawSpan, _ key: Range<Int>, at start: Int) -> Bool {
    guard start + key.count <= name.count else { return false }
    for offset in 0..<key.count
    where bytes.byte(at: key.lowerBound + offset) != name[start + offset] {
      return false
    }
    return true
  }
}
