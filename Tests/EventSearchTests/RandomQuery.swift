import Core
import EventSearch

/// Queries of any shape.
struct RandomQuery {
  var random: SeededGenerator

  mutating func query(depth: Int = 4) -> EventQuery {
    switch depth == 0 ? 0 : Int.random(in: 0..<6, using: &random) {
    case 0, 1, 2: test()
    case 3: .not(query(depth: depth - 1))
    case 4: .and(several(depth))
    default: .or(several(depth))
    }
  }

  private mutating func several(_ depth: Int) -> [EventQuery] {
    (0..<Int.random(in: 2...3, using: &random)).map { _ in query(depth: depth - 1) }
  }

  private mutating func test() -> EventQuery {
    let field = EventField.allCases.randomElement(using: &random)!
    if Int.random(in: 0..<6, using: &random) == 0 { return .test(field, .present) }
    switch field.kind {
    case .text:
      return .test(field, Bool.random(using: &random) ? .equals(text()) : pattern())
    case .message:
      let part = text()
      return .test(field, part.isEmpty || Bool.random(using: &random) ? pattern() : .contains(part))
    case .integer(let range):
      let ends = [Int32.random(in: range, using: &random), Int32.random(in: range, using: &random)]
      return .test(field, .within(ends.min()!...ends.max()!))
    case .address:
      let address = self.address()
      let length = Int.random(in: 0..<address.bitWidth, using: &random)
      guard Bool.random(using: &random), let block = CIDRBlock("\(address)/\(length)"),
        let network = CIDRBlock(block.description)
      else { return .test(field, .address(address)) }
      return .test(field, .network(network))
    case .time:
      let ends = [time(), time()]
      return .test(field, .during(ends.min()!...ends.max()!))
    case .identifier:
      return .test(
        field,
        .identifier(
          EventID(
            high: UInt64.random(in: 0 ... .max, using: &random),
            low: UInt64.random(in: 0 ... .max, using: &random))))
    }
  }

  private mutating func pattern() -> EventTest {
    let pieces = (0..<Int.random(in: 2...4, using: &random)).map { _ in text() }
    return TextPattern(pieces: pieces).map { .matches($0) } ?? .present
  }

  private mutating func text() -> String {
    let characters: [Unicode.Scalar] = [
      "a", "B", "7", " ", "\"", "\\", "*", "%", "_", "(", ")", ":", "-", ".", "'", "é", "🦅", "\n",
      ">", "<", "=", "or", "not",
    ].flatMap { $0.unicodeScalars }
    var text = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0...8, using: &random) {
      text.append(characters.randomElement(using: &random)!)
    }
    return String(text)
  }

  private mutating func address() -> IPAddress {
    if Bool.random(using: &random) {
      return IPAddress(v4: UInt32.random(in: 0 ... .max, using: &random))
    }
    // Beyond those that stand for an IPv4 address.
    return IPAddress(v6: UInt128.random(in: 1 << 100 ... .max, using: &random))
  }

  private mutating func time() -> Timestamp {
    Timestamp(
      microseconds: Int64.random(
        in: Timestamp.earliest.microseconds...Timestamp.latest.microseconds, using: &random))
  }
}
