internal import EventScanner

/// One form of a program's messages, declared as text:
///
/// `Failed {method} for (invalid user )?{user:any} from {src_ip:ip} port {src_port:number} ssh2`
///
/// Outside braces and parentheses everything is literal. `(text)?` may be there or not. `{name}` is a
/// run without blanks, `{name:ip}` of the characters of addresses, `{name:number}` of digits, and
/// `{name:any}` anything, as long as possible: a user name may itself look like the rest of the line
/// (`x from 1.1.1.1 port 22 ssh2`), and only its last occurrence was written by the program. A capture
/// without a name is not kept. The whole message must match.
struct LinePattern: Sendable {
  enum Class: Sendable {
    case word, address, number, any
  }

  enum Token: Sendable {
    case literal([UInt8])
    case optional([UInt8])
    case capture(Int, Class)
  }

  /// How many steps one pattern may take on one message: several runs of anything could otherwise be
  /// split in ever new ways. A message that takes more has another form.
  private static let budget = 100_000

  /// The names of the captures, in order; empty for one that is not kept.
  private(set) var names: [String] = []
  private var tokens: [Token] = []

  /// - Precondition: the text is well formed; patterns are part of the program.
  init(_ text: String) {
    var literal: [UInt8] = []
    var rest = Array(text.utf8)[...]
    func take(until end: Unicode.Scalar) -> ArraySlice<UInt8> {
      guard let stop = rest.firstIndex(of: UInt8(ascii: end)) else {
        preconditionFailure("a line pattern lacks \(end)")
      }
      defer { rest = rest[(stop + 1)...] }
      return rest[..<stop]
    }
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "{") {
        if !literal.isEmpty { tokens.append(.literal(literal)) }
        literal = []
        tokens.append(capture(String(decoding: take(until: "}"), as: UTF8.self)))
      } else if byte == UInt8(ascii: "("), let close = rest.firstIndex(of: UInt8(ascii: ")")),
        close + 1 < rest.endIndex, rest[close + 1] == UInt8(ascii: "?")
      {
        if !literal.isEmpty { tokens.append(.literal(literal)) }
        literal = []
        tokens.append(.optional(Array(take(until: ")"))))
        rest = rest.dropFirst()
      } else {
        literal.append(byte)
      }
    }
    if !literal.isEmpty { tokens.append(.literal(literal)) }
  }

  private mutating func capture(_ text: String) -> Token {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    names.append(String(parts[0]))
    let classes: [String: Class] = ["ip": .address, "number": .number, "any": .any, "word": .word]
    guard let found = classes[parts.count == 2 ? String(parts[1]) : "word"] else {
      preconditionFailure("a line pattern names an unknown class: \(text)")
    }
    return .capture(names.count - 1, found)
  }

  /// The ranges of the captures; nil if the message in `range` has another form.
  func match(_ line: RawSpan, _ range: Range<Int>) -> [Range<Int>]? {
    // Most forms fail at their first word.
    if case .literal(let text) = tokens.first,
      !Self.starts(line.extracting(0..<range.upperBound), range.lowerBound, text)
    {
      return nil
    }
    var captures = [Range<Int>](repeating: 0..<0, count: names.count)
    var budget = Self.budget
    return match(
      line.extracting(0..<range.upperBound), range.lowerBound, 0, &captures, &budget)
      ? captures : nil
  }

  private func match(
    _ line: RawSpan, _ start: Int, _ index: Int, _ captures: inout [Range<Int>],
    _ budget: inout Int
  ) -> Bool {
    budget -= 1
    guard budget > 0 else { return false }
    guard index < tokens.count else { return start == line.byteCount }
    switch tokens[index] {
    case .literal(let text):
      return Self.starts(line, start, text)
        && match(line, start + text.count, index + 1, &captures, &budget)
    case .optional(let text):
      if Self.starts(line, start, text),
        match(line, start + text.count, index + 1, &captures, &budget)
      {
        return true
      }
      return match(line, start, index + 1, &captures, &budget)
    case .capture(let slot, .any):
      var end = line.byteCount
      while end >= start, budget > 0 {
        captures[slot] = start..<end
        if match(line, end, index + 1, &captures, &budget) { return true }
        end -= 1
      }
      return false
    case .capture(let slot, let kind):
      let end = Self.run(line, start, kind)
      guard end > start else { return false }
      captures[slot] = start..<end
      return match(line, end, index + 1, &captures, &budget)
    }
  }

  private static func starts(_ line: RawSpan, _ start: Int, _ text: [UInt8]) -> Bool {
    guard start + text.count <= line.byteCount else { return false }
    for offset in 0..<text.count where line.byte(at: start + offset) != text[offset] {
      return false
    }
    return true
  }

  private static func run(_ line: RawSpan, _ start: Int, _ kind: Class) -> Int {
    var end = start
    while end < line.byteCount {
      let byte = line.byte(at: end)
      let digit = byte &- UInt8(ascii: "0") < 10
      let inside =
        switch kind {
        case .number: digit
        case .address:
          digit || (byte | 0x20) &- UInt8(ascii: "a") < 6 || byte == UInt8(ascii: ".")
            || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "%")
        case .word, .any: byte != UInt8(ascii: " ")
        }
      guard inside else { break }
      end += 1
    }
    // A colon or a full stop behind an address belongs to the sentence.
    if kind == .address {
      while end > start + 1, line.byte(at: end - 1) == UInt8(ascii: ":"),
        line.byte(at: end - 2) != UInt8(ascii: ":")
      {
        end -= 1
      }
    }
    return end
  }
}
