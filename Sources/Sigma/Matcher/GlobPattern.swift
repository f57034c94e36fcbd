/// A text pattern compiled for bytes: literals folded unless it is cased.
struct GlobPattern: Hashable, Sendable {
  private struct Step: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
      case many, one, literal
    }

    var kind: Kind
    /// Of a literal, in `blob`.
    var start = 0
    var count = 0
  }

  let parts: [TextPattern.Part]
  let isCased: Bool
  /// The parts again, flat, so that reading one costs no copy.
  private let steps: [Step]
  private let blob: [UInt8]

  init(_ pattern: TextPattern) {
    isCased = pattern.isCased
    parts = pattern.parts.map { part in
      guard !pattern.isCased, case .literal(let bytes) = part else { return part }
      return .literal(CaseFolding.fold(utf8: bytes))
    }
    var steps: [Step] = []
    var blob: [UInt8] = []
    for part in parts {
      switch part {
      case .many: steps.append(Step(kind: .many))
      case .one: steps.append(Step(kind: .one))
      case .literal(let bytes):
        steps.append(Step(kind: .literal, start: blob.count, count: bytes.count))
        blob += bytes
      }
    }
    self.steps = steps
    self.blob = blob
  }

  /// Whether the pattern equals the whole of `text`, which is folded unless the pattern is cased.
  ///
  /// The last `*` alone is tried again, which is enough for globs, so the cost is at most the product
  /// of the lengths.
  func matches(_ text: Span<UInt8>) -> Bool {
    let steps = self.steps.span
    var part = 0
    var position = 0
    var retryPart = -1
    var retryPosition = 0
    while true {
      if part == steps.count, position == text.count { return true }
      var advanced = false
      if part < steps.count {
        let step = steps[part]
        switch step.kind {
        case .many:
          retryPart = part + 1
          retryPosition = position
          if retryPart == steps.count { return true }
          guard seek(steps[retryPart], text, &retryPosition) else { return false }
          position = retryPosition
          part += 1
          advanced = true
        case .one:
          if position < text.count {
            position = Self.next(text, position)
            part += 1
            advanced = true
          }
        case .literal:
          if starts(text, position, step) {
            position += step.count
            part += 1
            advanced = true
          }
        }
      }
      if advanced { continue }
      guard retryPart >= 0, retryPosition < text.count else { return false }
      retryPosition = Self.next(text, retryPosition)
      guard seek(steps[retryPart], text, &retryPosition) else { return false }
      part = retryPart
      position = retryPosition
    }
  }

  /// Moves on to where the step behind a `*` may be; false if there is no such place.
  @inline(__always)
  private func seek(_ step: Step, _ text: Span<UInt8>, _ position: inout Int) -> Bool {
    guard step.kind == .literal, step.count > 0 else { return true }
    let first = blob[step.start]
    while position + step.count <= text.count {
      if text[position] == first, starts(text, position, step) { return true }
      position += 1
    }
    return false
  }

  /// Behind the character at `position`.
  private static func next(_ text: Span<UInt8>, _ position: Int) -> Int {
    var next = position + 1
    while next < text.count, text[next] & 0xC0 == 0x80 { next += 1 }
    return next
  }

  private func starts(_ text: Span<UInt8>, _ position: Int, _ step: Step) -> Bool {
    guard position + step.count <= text.count else { return false }
    let literal = blob.span
    for offset in 0..<step.count where text[position + offset] != literal[step.start + offset] {
      return false
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
