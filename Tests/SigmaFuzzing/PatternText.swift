internal import Sigma

/// A rule's value as a row of characters and wildcards.
struct PatternText {
  private enum Token: Equatable {
    case literal(Unicode.Scalar)
    case one
    case many
    /// Any of the five characters that open a parameter.
    case dash
  }

  private var tokens: [Token] = []
  private var isCased = false

  init(literal text: String) {
    tokens = text.unicodeScalars.map { .literal($0) }
  }

  init(_ scalar: RuleScalar) {
    guard case .text(let text) = scalar else {
      tokens = scalar.text.unicodeScalars.map { .literal($0) }
      return
    }
    var rest = Array(text.unicodeScalars)[...]
    while let first = rest.popFirst() {
      switch first {
      case "*": tokens.append(.many)
      case "?": tokens.append(.one)
      case "\\":
        if let next = rest.first, next == "*" || next == "?" || next == "\\" {
          tokens.append(.literal(next))
          rest.removeFirst()
        } else {
          tokens.append(.literal(first))
        }
      default: tokens.append(.literal(first))
      }
    }
  }

  func modified(by modifier: String) -> [PatternText] {
    var result = self
    switch modifier {
    case "contains": result.tokens = [.many] + tokens + [.many]
    case "startswith": result.tokens.append(.many)
    case "endswith": result.tokens.insert(.many, at: 0)
    case "cased": result.isCased = true
    case "windash": result.openWords()
    case "wide", "utf16le", "utf16be", "utf16": result.units = modifier
    case "base64":
      result.tokens = PatternText(literal: Encoding.base64(bytes)).tokens
    case "base64offset":
      return (0..<3).map { shift in
        result.tokens = PatternText(literal: Encoding.trace(bytes, behind: shift)).tokens
        return result
      }
    default: preconditionFailure("no reading of \(modifier)")
    }
    return [result]
  }

  /// The encoding that the bytes for Base64 have; UTF-8 where empty.
  private var units = ""

  private var bytes: [UInt8] {
    var text = String.UnicodeScalarView()
    for case .literal(let scalar) in tokens { text.append(scalar) }
    return Encoding.bytes(of: String(text), [units])
  }

  private static let dashes: [Unicode.Scalar] = ["-", "/", "–", "—", "―"]

  private mutating func openWords() {
    let before = tokens
    func isWord(_ index: Int) -> Bool {
      guard before.indices.contains(index), case .literal(let scalar) = before[index] else {
        return false
      }
      return scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }
    for index in before.indices {
      guard case .literal(let scalar) = before[index], Self.dashes.contains(scalar) else {
        continue
      }
      if !isWord(index - 1), isWord(index + 1) { tokens[index] = .dash }
    }
  }

  /// By what can follow each place, from the end.
  func matches(_ text: String) -> Bool {
    let scalars = Array(text.unicodeScalars)
    var reaches = [Bool](repeating: false, count: scalars.count + 1)
    reaches[scalars.count] = true
    for token in tokens.reversed() {
      var next = [Bool](repeating: false, count: scalars.count + 1)
      var later = false
      for place in stride(from: scalars.count, through: 0, by: -1) {
        later = later || reaches[place]
        if token == .many {
          next[place] = later
        } else if place < scalars.count, fits(token, scalars[place]) {
          next[place] = reaches[place + 1]
        }
      }
      reaches = next
    }
    return reaches[0]
  }

  private func fits(_ token: Token, _ scalar: Unicode.Scalar) -> Bool {
    switch token {
    case .one: true
    case .many: false
    case .dash: Self.dashes.contains(scalar)
    case .literal(let wanted): wanted == scalar || (!isCased && Self.same(wanted, scalar))
    }
  }

  /// Without case: ASCII letters, and other characters whose capital is one character and the same.
  private static func same(_ one: Unicode.Scalar, _ other: Unicode.Scalar) -> Bool {
    if one.isASCII || other.isASCII {
      guard one.isASCII, other.isASCII, one.properties.isAlphabetic else { return false }
      return one.value | 0x20 == other.value | 0x20
    }
    func capital(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
      let mapping = scalar.properties.uppercaseMapping.unicodeScalars
      return mapping.count == 1 ? mapping.first! : scalar
    }
    func small(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
      let mapping = capital(scalar).properties.lowercaseMapping.unicodeScalars
      guard mapping.count == 1, let first = mapping.first, !first.isASCII else { return nil }
      return first
    }
    return (small(one) ?? one) == (small(other) ?? other)
  }
}
