import Testing

@testable import Sigma

@Suite struct ByteSearchTests {
  private static func bytes(_ count: Int, _ generator: inout SeededGenerator) -> [UInt8] {
    (0..<count).map { _ in [0, 1, 0x80, 0xFF].randomElement(using: &generator)! }
  }

  /// By looking at every place.
  private static func places(_ part: [UInt8], in text: [UInt8]) -> [Int] {
    guard part.count <= text.count else { return [] }
    return (0...text.count - part.count).filter { text[$0...].starts(with: part) }
  }

  /// Few different bytes, so that much is nearly found, and those whose high bits borrow and carry.
  @Test func agreesWithLookingEverywhere() {
    let seed = UInt64.random(in: 0 ... .max)
    var generator = SeededGenerator(seed: seed)
    var found = 0
    for _ in 0..<20_000 {
      let text = Self.bytes(Int.random(in: 0...60, using: &generator), &generator)
      let part =
        Bool.random(using: &generator) || text.isEmpty
        ? Self.bytes(Int.random(in: 0...5, using: &generator), &generator)
        : Array(text[Int.random(in: 0..<text.count, using: &generator)...].prefix(20))
      let places = Self.places(part, in: text)
      let expected: [(LiteralAnchor, Bool)] = [
        (.anywhere, !places.isEmpty), (.prefix, places.first == 0),
        (.suffix, places.last == text.count - part.count), (.whole, text == part),
      ]
      for (anchor, holds) in expected {
        let answer = ByteSearch.holds(part.span.bytes, anchor, in: text.span.bytes)
        #expect(answer == holds, "seed \(seed), \(anchor): \(part) in \(text)")
        if holds { found += 1 }
      }
      #expect(ByteSearch.isASCII(text.span.bytes) == text.allSatisfy { $0 < 0x80 })
    }
    #expect(found > 1000, "the random bytes are hardly ever found")
  }
}
