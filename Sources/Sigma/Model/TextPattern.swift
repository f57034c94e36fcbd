/// A text to compare with the whole of a value: literal parts and wildcards (Sigma specification 2.1,
/// "String Wildcard" and "Escape Character"). Without case unless `isCased`.
public struct TextPattern: Hashable, Sendable {
  public enum Part: Hashable, Sendable {
    /// UTF-8, never empty, and no two literals stand side by side.
    case literal([UInt8])
    /// `?`: exactly one character.
    case one
    /// `*`: any number of characters. No two stand side by side.
    case many
  }

  public private(set) var parts: [Part] = []
  public var isCased = false

  public init(parts: [Part] = [], isCased: Bool = false) {
    self.isCased = isCased
    for part in parts { append(part) }
  }

  /// A text without wildcards.
  public init(literal text: String) {
    append(.literal(Array(text.utf8)))
  }

  /// Reads a rule's value: `*` and `?` are wildcards, `\*` and `\?` the characters themselves, `\\`
  /// a backslash; a backslash before anything else is itself.
  public init(_ text: String) {
    var literal: [UInt8] = []
    var escaped = false
    for byte in text.utf8 {
      if escaped {
        escaped = false
        if !Self.isSpecial(byte) { literal.append(UInt8(ascii: "\\")) }
        literal.append(byte)
      } else if byte == UInt8(ascii: "\\") {
        escaped = true
      } else if byte == UInt8(ascii: "*") || byte == UInt8(ascii: "?") {
        append(.literal(literal))
        literal = []
        append(byte == UInt8(ascii: "*") ? .many : .one)
      } else {
        literal.append(byte)
      }
    }
    if escaped { literal.append(UInt8(ascii: "\\")) }
    append(.literal(literal))
  }

  private static func isSpecial(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "*") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "\\")
  }

  public mutating func append(_ part: Part) {
    switch (parts.last, part) {
    case (_, .literal(let bytes)) where bytes.isEmpty: return
    case (.many, .many): return
    case (.literal(let before), .literal(let bytes)):
      parts[parts.count - 1] = .literal(before + bytes)
    default: parts.append(part)
    }
  }

  public mutating func prepend(_ part: Part) {
    self = TextPattern(parts: [part] + parts, isCased: isCased)
  }

  public var hasWildcards: Bool {
    parts.contains { if case .literal = $0 { false } else { true } }
  }

  /// The text, if it has no wildcards.
  public var literal: [UInt8]? {
    switch parts.count {
    case 0: return []
    case 1: if case .literal(let bytes) = parts[0] { return bytes }
    default: break
    }
    return nil
  }

  /// Whether every literal part is UTF-8.
  public var isUTF8: Bool {
    parts.allSatisfy { part in
      guard case .literal(let bytes) = part else { return true }
      return String(validating: bytes, as: UTF8.self) != nil
    }
  }
}
