/// JSON as it is written. The memory is kept, so that writing again allocates nothing.
struct ExplanationOutput: Sendable {
  private var storage: [UInt8] = []
  private(set) var count = 0

  /// What was written.
  var bytes: [UInt8] { Array(storage[..<count]) }

  mutating func removeAll() { count = 0 }

  private mutating func makeRoom(_ more: Int) {
    if storage.count - count < more {
      storage.append(contentsOf: repeatElement(0, count: max(more, storage.count)))
    }
  }

  mutating func append(_ byte: UInt8) {
    makeRoom(1)
    storage[count] = byte
    count += 1
  }

  mutating func append(_ text: StaticString) {
    unsafe append(
      Span(
        _unsafeElements: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)))
  }

  mutating func append(_ bytes: Span<UInt8>) {
    let size = bytes.count
    makeRoom(size)
    unsafe bytes.withUnsafeBytes { source in
      unsafe storage.withUnsafeMutableBytes { target in
        unsafe UnsafeMutableRawBufferPointer(rebasing: target[count..<count + size])
          .copyMemory(from: source)
      }
    }
    count += size
  }

  /// A part of prepared bytes.
  mutating func append(_ bytes: [UInt8], _ range: Range<Int32>) {
    append(bytes.span.extracting(range.wide))
  }

  /// A JSON string of the text, cut as explanations cut texts. U+0000, which PostgreSQL's `jsonb` can't
  /// hold, becomes U+FFFD.
  mutating func appendString(_ text: Span<UInt8>) {
    let end = Self.end(ofCut: text)
    append(0x22)
    escape(text.extracting(0..<end))
    if end < text.count { append("…") }
    append(0x22)
  }

  /// The same without a cut.
  mutating func appendWhole(_ text: String) {
    append(0x22)
    escape(Array(text.utf8).span)
    append(0x22)
  }

  /// At most `MatchExplanation.maximumValue`, and not within a character.
  private static func end(ofCut text: Span<UInt8>) -> Int {
    guard text.count > MatchExplanation.maximumValue else { return text.count }
    var end = MatchExplanation.maximumValue
    while end > 0, UTF8.isContinuation(text[end]) { end -= 1 }
    return end
  }

  private mutating func escape(_ text: Span<UInt8>) {
    makeRoom(6 * text.count)
    var position = count
    unsafe storage.withUnsafeMutableBytes { target in
      func put(_ byte: UInt8) {
        unsafe target[position] = byte
        position += 1
      }
      for index in 0..<text.count {
        let byte = text[index]
        if byte >= 0x20, byte != 0x22, byte != 0x5C {
          put(byte)
          continue
        }
        switch byte {
        case 0:
          put(0xEF)
          put(0xBF)
          put(0xBD)
          continue
        case 0x22, 0x5C:
          put(0x5C)
          put(byte)
          continue
        default: put(0x5C)
        }
        switch byte {
        case 0x0A: put(UInt8(ascii: "n"))
        case 0x0D: put(UInt8(ascii: "r"))
        case 0x09: put(UInt8(ascii: "t"))
        default:
          put(UInt8(ascii: "u"))
          put(UInt8(ascii: "0"))
          put(UInt8(ascii: "0"))
          put(UInt8(ascii: "0") + byte >> 4)
          let low = byte & 0x0F
          put(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
        }
      }
    }
    count = position
  }
}
