/// Regular expressions by sets of positions: where a part can end, given all places it may begin.
/// Linear in the text for each part, and quite unlike the compiled engine.
enum NaiveRegex {
  static func finds(_ regex: RegularExpression, in text: [Unicode.Scalar]) -> Bool {
    let everywhere = [Bool](repeating: true, count: text.count + 1)
    return ends(of: regex.root, from: everywhere, in: text).contains(true)
  }

  private static func ends(
    of node: RegexNode, from starts: [Bool], in text: [Unicode.Scalar]
  ) -> [Bool] {
    switch node {
    case .empty: return starts
    case .characters(let set):
      var result = [Bool](repeating: false, count: starts.count)
      for position in text.indices where starts[position] && set.contains(text[position]) {
        result[position + 1] = true
      }
      return result
    case .assertion(let assertion):
      return starts.indices.map { starts[$0] && holds(assertion, at: $0, in: text) }
    case .concatenation(let parts):
      return parts.reduce(starts) { ends(of: $1, from: $0, in: text) }
    case .alternation(let parts):
      var result = [Bool](repeating: false, count: starts.count)
      for part in parts { union(&result, ends(of: part, from: starts, in: text)) }
      return result
    case .repetition(let part, let minimum, let maximum):
      return repeated(part, minimum, maximum, from: starts, in: text)
    }
  }

  private static func repeated(
    _ part: RegexNode, _ minimum: Int, _ maximum: Int?, from starts: [Bool],
    in text: [Unicode.Scalar]
  ) -> [Bool] {
    var current = starts
    for _ in 0..<minimum { current = ends(of: part, from: current, in: text) }
    var result = current
    var count = minimum
    while maximum.map({ count < $0 }) ?? true {
      var fresh = ends(of: part, from: current, in: text)
      // Positions reached before need no second visit.
      for index in fresh.indices where result[index] { fresh[index] = false }
      guard fresh.contains(true) else { break }
      union(&result, fresh)
      current = fresh
      count += 1
    }
    return result
  }

  private static func union(_ left: inout [Bool], _ right: [Bool]) {
    for index in left.indices where right[index] { left[index] = true }
  }

  private static func holds(
    _ assertion: RegexAssertion, at position: Int, in text: [Unicode.Scalar]
  ) -> Bool {
    func isWord(_ index: Int) -> Bool {
      text.indices.contains(index) && ScalarSet.word.contains(text[index])
    }
    let isEnd = position == text.count
    switch assertion {
    case .textStart: return position == 0
    case .textEnd: return isEnd
    case .textEndOrFinalNewline:
      return isEnd || (position == text.count - 1 && text[position] == "\n")
    case .lineStart: return position == 0 || text[position - 1] == "\n"
    case .lineEnd: return isEnd || text[position] == "\n"
    case .wordBoundary: return isWord(position - 1) != isWord(position)
    case .notWordBoundary: return isWord(position - 1) == isWord(position)
    }
  }
}
