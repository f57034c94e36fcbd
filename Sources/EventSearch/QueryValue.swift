internal import Core

/// What a value was expected to be.
public struct EventValueError: Error, Sendable, Equatable {
  /// Goes on from the field's name: `expects an address …`.
  public let expectation: String

  init(_ expectation: String) {
    self.expectation = expectation
  }
}

extension EventTest {
  /// Reads one value of a field, in which a star is a star: `root`, `7..`, `10.0.0.0/8`.
  public init(value text: String, of field: EventField) throws(EventValueError) {
    var word = QueryWord()
    word.isQuoted = true
    for byte in text.utf8 { word.add(byte) }
    self = try QueryValue.test(word, of: field)
  }
}

/// Reads a word as a test of a field.
enum QueryValue {
  static func test(
    _ word: QueryWord, of field: EventField
  ) throws(EventValueError) -> EventTest {
    if word.hasStar {
      if word.pieces.allSatisfy(\.isEmpty) { return .present }
      switch field.kind {
      case .text, .message:
        if let pattern = TextPattern(pieces: word.pieces) { return .matches(pattern) }
        return .present
      default: throw EventValueError("takes no *, but for \(field.rawValue):* alone")
      }
    }
    let text = word.text
    switch field.kind {
    case .text:
      guard word.isQuoted || Comparison(text) == nil else {
        throw EventValueError("is a text and expects a value or a prefix such as web-*, no < or >")
      }
      return .equals(text)
    case .message:
      guard !text.isEmpty else { throw EventValueError("expects a text that is not empty") }
      return .contains(text)
    case .integer(let range):
      return .within(try integers(text, in: range))
    case .address:
      if let address = IPAddress(text) { return .address(address) }
      guard let block = CIDRBlock(text) else {
        throw EventValueError(
          "expects an address such as 203.0.113.7 or a network such as 10.0.0.0/8")
      }
      return network(block)
    case .time:
      return .during(try times(text))
    case .identifier:
      guard let id = EventID(text) else { throw EventValueError("expects the id of an event") }
      return .identifier(id)
    }
  }

  /// The network with the bits behind its prefix cleared; one of a single address is that address.
  static func network(_ block: CIDRBlock) -> EventTest {
    if block.prefixLength == block.address.bitWidth { return .address(block.address) }
    return .network(CIDRBlock(block.description) ?? block)
  }

  /// `7`, `3..6`, `7..`, `..3`, `>=7`, `>7`, `<=3`, `<3`.
  static func integers(
    _ text: String, in whole: ClosedRange<Int32>
  ) throws(EventValueError) -> ClosedRange<Int32> {
    let ends = Ends(text)
    let low = ends.low.map { Int64(digits: $0) } ?? Int64(whole.lowerBound)
    let high = ends.high.map { Int64(digits: $0) } ?? Int64(whole.upperBound)
    guard !ends.isWhole, let low, let high else { throw expected(whole) }
    let first = low + (ends.isLowOpen ? 1 : 0)
    let last = high - (ends.isHighOpen ? 1 : 0)
    guard first <= last, first >= whole.lowerBound, last <= whole.upperBound else {
      throw expected(whole)
    }
    return Int32(first)...Int32(last)
  }

  private static func expected(_ whole: ClosedRange<Int32>) -> EventValueError {
    let (low, high) = (whole.lowerBound, whole.upperBound)
    return EventValueError(
      "expects a number of \(low) to \(high), a range such as 3..6 or 7.., or >=7")
  }

  private static func times(_ text: String) throws(EventValueError) -> ClosedRange<Timestamp> {
    let ends = Ends(text)
    let low = ends.low.map { Timestamp($0) } ?? Timestamp.earliest
    let high = ends.high.map { Timestamp($0) } ?? Timestamp.latest
    guard !ends.isWhole, let low, let high,
      case let first = low.advanced(byMicroseconds: ends.isLowOpen ? 1 : 0),
      case let last = high.advanced(byMicroseconds: ends.isHighOpen ? -1 : 0), first <= last
    else {
      throw EventValueError(
        "expects a time such as 2026-11-21T05:30:00Z, a range of two with .. between, or >= a time")
    }
    return first...last
  }
}

/// `>=`, `>`, `<=` or `<` at the beginning of a value.
private struct Comparison {
  let symbol: String
  let rest: String

  init?(_ text: String) {
    guard let symbol = [">=", "<=", ">", "<"].first(where: text.hasPrefix) else { return nil }
    self.symbol = symbol
    rest = String(text.dropFirst(symbol.count))
  }
}

/// The ends of a range as they are written; nil for one that is left out.
private struct Ends {
  var low: String?
  var high: String?
  /// Whether the end itself does not belong to the range.
  var isLowOpen = false
  var isHighOpen = false
  /// `..` alone, which says nothing.
  var isWhole: Bool { low == nil && high == nil }

  init(_ text: String) {
    if let comparison = Comparison(text) {
      if comparison.symbol.hasPrefix(">") {
        low = comparison.rest
        isLowOpen = comparison.symbol == ">"
      } else {
        high = comparison.rest
        isHighOpen = comparison.symbol == "<"
      }
    } else if let dots = text.firstRange(of: "..") {
      let (before, behind) = (text[..<dots.lowerBound], text[dots.upperBound...])
      low = before.isEmpty ? nil : String(before)
      high = behind.isEmpty ? nil : String(behind)
    } else {
      low = text
      high = text
    }
  }
}

extension Int64 {
  /// A number of at most nine digits and nothing else.
  fileprivate init?(digits text: String) {
    guard (1...9).contains(text.utf8.count),
      text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else { return nil }
    self.init(text)
  }
}
