/// A text in which `*` stands for anything, compared without regard to ASCII case.
struct TextPattern: Sendable {
  /// What stands between the stars.
  private let parts: [[UInt8]]

  init(_ text: String) {
    parts = text.utf8.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false)
      .map { $0.map(Self.lowercased) }
  }

  func matches(_ text: [UInt8]) -> Bool {
    guard let first = parts.first, let last = parts.last, Self.has(first, text, at: 0) else {
      return false
    }
    if parts.count == 1 { return text.count == first.count }
    var position = first.count
    for part in parts.dropFirst().dropLast() {
      while position + part.count <= text.count, !Self.has(part, text, at: position) {
        position += 1
      }
      guard position + part.count <= text.count else { return false }
      position += part.count
    }
    return text.count - last.count >= position && Self.has(last, text, at: text.count - last.count)
  }

  private static func has(_ part: [UInt8], _ text: [UInt8], at start: Int) -> Bool {
    guard start >= 0, start + part.count <= text.count else { return false }
    for offset in part.indices where lowercased(text[start + offset]) != part[offset] {
      return false
    }
    return true
  }

  private static func lowercased(_ byte: UInt8) -> UInt8 {
    byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
  }
}
