/// A text pattern compiled for bytes: literals folded unless it is cased.
struct GlobPattern: Hashable, Sendable {
  let parts: [TextPattern.Part]
  let isCased: Bool

  init(_ pattern: TextPattern) {
    isCased = pattern.isCased
    guard !pattern.isCased else {
      parts = pattern.parts
      return
    }
    parts = pattern.parts.map { part in
      guard case .literal(let bytes) = part else { return part }
      return .literal(CaseFolding.fold(utf8: bytes))
    }
  }

  /// Whether the pattern equals the whole of `text`, which is folded unless the pattern is cased.
  ///
  /// The last `*` alone is tried again, which is enough for globs, so the cost is at most the product
  /// of the lengths.
  func matches(_ text: Span<UInt8>) -> Bool {
    var part = 0
    var position = 0
    var retryPart = -1
    var retryPosition = 0
    while true {
      if part == parts.count, position == text.count { return true }
      var advanced = false
      if part < parts.count {
        switch parts[part] {
        case .many:
          retryPart = part + 1
          retryPosition = position
          if retryPart == parts.count { return true }
          part += 1
          advanced = true
        case .one:
          if position < text.count {
            position = Self.next(text, position)
            part += 1
            advanced = true
          }
        case .literal(let bytes):
          if Self.starts(text, position, bytes) {
            position += bytes.count
            part += 1
            advanced = true
          }
        }
      }
      if advanced { continue }
      guard retryPart >= 0, retryPosition < text.count else { return false }
      retryPosition = Self.next(text, retryPosition)
      part = retryPart
      position = retryPosition
    }
  }

  /// Behind the character at `position`.
  private static func next(_ text: Span<UInt8>, _ position: Int) -> Int {
    var next = position + 1
    while next < text.count, text[next] & 0xC0 == 0x80 { next += 1 }
    return next
  }

  private static func starts(_ text: Span<UInt8>, _ position: Int, _ bytes: [UInt8]) -> Bool {
    guard position + bytes.count <= text.count else { return false }
    var offset = 0
    while offset < bytes.count {
      guard text[position + offset] == bytes[offset] else { return false }
      offset += 1
    }
    return true
  }

  /// The longest literal, folded; nil where there is none.
  var longestLiteral: [UInt8]? {
    var longest: [UInt8]?
    for case .literal(let bytes) in parts where bytes.count > (longest?.count ?? 0) {
      longest = bytes
    }
    return longest.map { isCased ? CaseFolding.fold(utf8: $0) : $0 }
  }
}
