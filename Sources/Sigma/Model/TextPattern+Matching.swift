extension TextPattern {
  /// Whether the pattern, literally as the specification has it, equals the whole of `text`.
  public func matches(_ text: String) -> Bool {
    matches(scalars: Array(text.unicodeScalars))
  }

  /// Position sets: after each part, all places of `text` where the pattern so far can end.
  func matches(scalars text: [Unicode.Scalar]) -> Bool {
    let subject = isCased ? text : text.map(CaseFolding.fold)
    var reached = [Bool](repeating: false, count: subject.count + 1)
    reached[0] = true
    for part in parts {
      switch part {
      case .many:
        guard let first = reached.firstIndex(of: true) else { return false }
        for position in first..<reached.count { reached[position] = true }
      case .one:
        reached.removeLast()
        reached.insert(false, at: 0)
      case .literal(let bytes):
        var literal = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
        if !isCased { literal = literal.map(CaseFolding.fold) }
        var next = [Bool](repeating: false, count: reached.count)
        for position in 0..<reached.count where reached[position] {
          guard position + literal.count <= subject.count else { break }
          if subject[position..<position + literal.count].elementsEqual(literal) {
            next[position + literal.count] = true
          }
        }
        reached = next
      }
    }
    return reached[subject.count]
  }
}
