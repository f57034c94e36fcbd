/// Cuts a query into tokens.
struct QueryLexer {
  /// What the next token may be.
  enum Mode {
    /// A term, which may begin with a field's name.
    case term
    /// A value within the parentheses behind a field's name.
    case value
    /// The value right behind a field's colon: no blank may come before it.
    case adjacent
  }

  enum Token: Equatable {
    case open
    case close
    /// `-` right before a term.
    case minus
    /// A field's name with its colon.
    case name(String)
    case word(QueryWord)
    case end
  }

  private let bytes: [UInt8]
  private(set) var offset = 0

  init(_ text: String) {
    bytes = Array(text.utf8)
  }

  /// The character at a byte, from 1.
  func position(at offset: Int) -> Int {
    bytes[..<offset].count { $0 & 0xC0 != 0x80 } + 1
  }

  /// The next token and the byte at which it begins.
  mutating func next(_ mode: Mode) throws(EventQueryError) -> (token: Token, start: Int) {
    if mode != .adjacent { skipBlanks() }
    let start = offset
    guard offset < bytes.count else {
      if mode == .adjacent { throw missingValue(start) }
      return (.end, start)
    }
    switch bytes[offset] {
    case UInt8(ascii: "("):
      offset += 1
      return (.open, start)
    case UInt8(ascii: ")"):
      if mode == .adjacent { throw missingValue(start) }
      offset += 1
      return (.close, start)
    case UInt8(ascii: "-") where mode != .adjacent:
      offset += 1
      guard offset < bytes.count, !Self.isBlank(bytes[offset]), bytes[offset] != UInt8(ascii: ")")
      else { throw error(start, "a term is expected right behind the -; put a - alone in quotes") }
      return (.minus, start)
    case let byte where Self.isBlank(byte): throw missingValue(start)
    default: return (try word(mode), start)
    }
  }

  func error(_ offset: Int, _ message: String) -> EventQueryError {
    EventQueryError(position(at: offset), message)
  }

  private func missingValue(_ offset: Int) -> EventQueryError {
    error(offset, "a value is expected right behind the colon, such as user:root or user:\"a b\"")
  }

  private mutating func skipBlanks() {
    while offset < bytes.count, Self.isBlank(bytes[offset]) { offset += 1 }
  }

  private mutating func word(_ mode: Mode) throws(EventQueryError) -> Token {
    let start = offset
    var word = QueryWord()
    while offset < bytes.count {
      let byte = bytes[offset]
      switch byte {
      case _ where Self.isBlank(byte), UInt8(ascii: "("), UInt8(ascii: ")"): return .word(word)
      case UInt8(ascii: "\""): try quoted(into: &word)
      case UInt8(ascii: "*"):
        word.addStar()
        offset += 1
      case UInt8(ascii: ":") where mode == .term: return .name(try name(from: start))
      case 0..<0x20, 0x7F:
        throw error(offset, "a control character stands here; put it in quotes")
      default:
        word.add(byte)
        offset += 1
      }
    }
    return .word(word)
  }

  /// The name that ends at the colon here.
  private mutating func name(from start: Int) throws(EventQueryError) -> String {
    let name = bytes[start..<offset]
    guard !name.isEmpty, name.allSatisfy(Self.isNameByte) else {
      throw error(
        start, "a field's name is expected before the colon; put text with a colon in quotes")
    }
    offset += 1
    return String(decoding: name, as: UTF8.self)
  }

  /// Text in quotes, in which `\"` and `\\` stand for a quote and a backslash.
  private mutating func quoted(into word: inout QueryWord) throws(EventQueryError) {
    let start = offset
    offset += 1
    word.isQuoted = true
    while offset < bytes.count {
      var byte = bytes[offset]
      if byte == UInt8(ascii: "\"") {
        offset += 1
        return
      }
      if byte == 0 { break }
      if byte == UInt8(ascii: "\\"), offset + 1 < bytes.count,
        bytes[offset + 1] == UInt8(ascii: "\"") || bytes[offset + 1] == UInt8(ascii: "\\")
      {
        offset += 1
        byte = bytes[offset]
      }
      word.add(byte)
      offset += 1
    }
    throw error(start, "a closing quote is expected for the one that opens here")
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."),
      UInt8(ascii: "@"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}

/// A run of characters and quoted texts without a blank, cut at its stars.
struct QueryWord: Equatable {
  private var parts: [[UInt8]] = [[]]
  /// Whether a part of it stood in quotes.
  var isQuoted = false

  /// The texts between the stars; one where there is no star.
  var pieces: [String] { parts.map { String(decoding: $0, as: UTF8.self) } }
  var hasStar: Bool { parts.count > 1 }
  /// The text of a word without stars.
  var text: String { String(decoding: parts[0], as: UTF8.self) }

  mutating func add(_ byte: UInt8) { parts[parts.count - 1].append(byte) }
  mutating func addStar() { parts.append([]) }

  /// `and`, `or` or `not`, in any case and without quotes.
  var keyword: String? {
    guard !isQuoted, !hasStar, parts[0].count <= 3 else { return nil }
    let lower = text.lowercased()
    return ["and", "or", "not"].contains(lower) ? lower : nil
  }
}
