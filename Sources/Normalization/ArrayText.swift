internal import EventScanner

/// An array that stands for one text: the bytes of a text that is not clean UTF-8, as journald writes
/// it, or words, which are joined by blanks.
enum ArrayText {
  static func append(
    _ bytes: RawSpan, _ tape: borrowing JSONTape, _ array: Int, to text: inout [UInt8]
  ) {
    let elements = array + 1..<tape.nodes[array].end
    let raw = elements.compactMap { element in
      tape.int64(at: element, in: bytes).flatMap { UInt8(exactly: $0) }
    }
    if raw.count == elements.count {
      text.append(contentsOf: String(decoding: raw, as: UTF8.self).utf8)
      return
    }
    for element in elements where !tape.nodes[element].kind.isContainer {
      if element > elements.lowerBound { text.append(UInt8(ascii: " ")) }
      tape.appendValue(at: element, in: bytes, to: &text)
    }
  }
}
