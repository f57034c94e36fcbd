import Core
import Testing

@testable import Access

@Suite struct CursorSignerTests {
  let signer: CursorSigner

  init() throws {
    signer = CursorSigner(try SigningKey(secret: Array(0..<32)))
  }

  @Test func isReadBackForTheSameFilter() throws {
    for position: [UInt8] in [[], [0], Array(repeating: 255, count: 300)] {
      let cursor = signer.sign(position, filter: "events?org=1".utf8)
      #expect(cursor.utf8.count <= CursorSigner.maximumLength)
      #expect(cursor.utf8.allSatisfy { $0 < 128 && $0 != UInt8(ascii: "=") })
      #expect(try signer.verify(cursor, filter: "events?org=1".utf8) == position)
    }
  }

  @Test func isGoodForThatFilterOnly() throws {
    let cursor = signer.sign([1, 2, 3], filter: "events?org=1".utf8)
    let problem = try #require(throws: Problem.self) {
      try signer.verify(cursor, filter: "events?org=2".utf8)
    }
    #expect(problem.status == 400)
    #expect(problem.slug == "cursor_invalid")
    #expect(problem.errors.map(\.pointer) == ["cursor"])
  }

  @Test func isGoodForThatKeyOnly() throws {
    let other = CursorSigner(try SigningKey(secret: Array(1..<33)))
    let cursor = other.sign([1], filter: "f".utf8)
    #expect(throws: Problem.self) { try signer.verify(cursor, filter: "f".utf8) }
  }

  @Test func noBitCanBeChanged() throws {
    let bytes = try #require(Base64.urlDecoded(signer.sign([1, 2, 3], filter: "f".utf8).utf8))
    for position in bytes.indices {
      for bit in 0..<8 {
        var changed = bytes
        changed[position] ^= 1 << UInt8(bit)
        let cursor = Base64.urlEncoded(changed)
        #expect(throws: Problem.self) { try signer.verify(cursor, filter: "f".utf8) }
      }
    }
  }

  @Test func neitherShortenedNorLengthened() throws {
    let bytes = try #require(Base64.urlDecoded(signer.sign([1, 2, 3], filter: "f".utf8).utf8))
    for count in 0..<bytes.count {
      let cursor = Base64.urlEncoded(bytes.prefix(count))
      #expect(throws: Problem.self) { try signer.verify(cursor, filter: "f".utf8) }
    }
    for text in ["", "!", Base64.urlEncoded(bytes + [0]), String(repeating: "A", count: 600)] {
      #expect(throws: Problem.self) { try signer.verify(text, filter: "f".utf8) }
    }
  }
}
