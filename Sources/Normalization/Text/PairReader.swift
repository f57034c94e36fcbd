/// Reads `name=value` one after the other; a value may stand in quotes. What is no pair is passed over.
struct PairReader {
  struct Pair {
    let name: ArraySlice<UInt8>
    let value: ArraySlice<UInt8>
    let isQuoted: Bool
  }

  private let text: ArraySlice<UInt8>
  private let separators: [UInt8]
  private var position: Int

  /// - Parameter separators: characters besides the blank that stand between pairs.
  init(_ text: ArraySlice<UInt8>, separators: [UInt8] = []) {
    self.text = text
    self.separators = separators
    position = text.startIndex
  }

  mutating func next() -> Pair? {
    while position < text.endIndex {
      while position < text.endIndex, isBetween(text[position]) { position += 1 }
      let start = position
      while position < text.endIndex, !isBetween(text[position]),
        text[position] != UInt8(ascii: "=")
      {
        position += 1
      }
      guard position < text.endIndex, text[position] == UInt8(ascii: "=") else { continue }
      let name = text[start..<position]
      position += 1
      let pair = value(of: name)
      if !name.isEmpty { return pair }
    }
    return nil
  }

  private mutating func value(of name: ArraySlice<UInt8>) -> Pair {
    if position < text.endIndex,
      text[position] == UInt8(ascii: "\"") || text[position] == UInt8(ascii: "'")
    {
      let quote = text[position]
      let start = position + 1
      if let end = text[start...].firstIndex(of: quote) {
        position = end + 1
        return Pair(name: name, value: text[start..<end], isQuoted: true)
      }
    }
    let start = position
    while position < text.endIndex, !isBetween(text[position]) { position += 1 }
    return Pair(name: name, value: text[start..<position], isQuoted: false)
  }

  private func isBetween(_ byte: UInt8) -> Bool {
    byte <= 0x20 || separators.contains(byte)
  }
}
