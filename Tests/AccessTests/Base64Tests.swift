import Testing

@testable import Access

@Suite struct Base64Tests {
  /// RFC 4648 §10.
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
    ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
  ])
  func vectors(plain: String, encoded: String) {
    let bare = encoded.filter { $0 != "=" }
    #expect(Base64.unpadded(plain.utf8) == bare)
    #expect(Base64.urlEncoded(plain.utf8) == bare)
    #expect(Base64.decoded(Array(encoded.utf8)) == Array(plain.utf8))
    #expect(Base64.decoded(Array(bare.utf8)) == Array(plain.utf8))
    #expect(Base64.urlDecoded(bare.utf8) == Array(plain.utf8))
  }

  @Test func theAlphabetsDiffer() {
    #expect(Base64.urlEncoded([0xFB, 0xFF]) == "-_8")
    #expect(Base64.unpadded([0xFB, 0xFF]) == "+/8")
    #expect(Base64.urlDecoded("+/8".utf8) == nil)
    #expect(Base64.decoded(Array("-_8".utf8)) == nil)
  }

  @Test(arguments: [
    "Z", "Zg=", "Zg===", "Zm9vYg=", "=", "==", "Zm 9", "Zm9v\n", "Zh", "Zm9", "Zm9=", "Z=g=", "Zmé",
  ])
  func refusesAnythingElse(text: String) {
    #expect(Base64.decoded(Array(text.utf8)) == nil)
  }

  @Test func urlFormTakesNoPadding() {
    #expect(Base64.urlDecoded("Zg==".utf8) == nil)
  }

  @Test func whatIsWrittenIsReadBack() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var generator = SeededGenerator(seed: seed)
    for count in 0..<200 {
      let bytes = generator.bytes(count % 70)
      #expect(Base64.urlDecoded(Base64.urlEncoded(bytes).utf8) == bytes, "seed \(seed)")
      #expect(Base64.decoded(Array(Base64.unpadded(bytes).utf8)) == bytes, "seed \(seed)")
    }
  }

  @Test func eachValueHasOneSpelling() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var generator = SeededGenerator(seed: seed)
    let alphabet = Array("ABCabc019-_".utf8)
    for _ in 0..<2000 {
      let count = Int.random(in: 0...7, using: &generator)
      let text = (0..<count).map { _ in alphabet.randomElement(using: &generator)! }
      guard let bytes = Base64.urlDecoded(text) else { continue }
      #expect(Array(Base64.urlEncoded(bytes).utf8) == text, "seed \(seed)")
    }
  }
}
