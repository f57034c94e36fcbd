import EventScanner
import Foundation
import Testing

/// The scanner against Foundation's parser, on texts made by a grammar and damaged at random, and on
/// real records damaged likewise. Both must accept and refuse the same.
///
/// Known differences, all of which are taken out of the comparison by what they are:
/// - lone surrogates in escapes: refused here, replaced or refused there by version;
/// - nesting: 64 here by default, 512 there (the comparison runs with 255 on shallow texts);
/// - a byte order mark or another encoding of Unicode than UTF-8: detected there, refused here; texts
///   that start with a NUL or a byte order mark, or have a NUL among their first four bytes, are left
///   out;
/// - a comma behind the last element or member: accepted there; the comparison goes on without it;
/// - numbers that no Double holds (`1e999`): JSON by the grammar and accepted here, refused there.
struct DifferentialTests {
  #if DEBUG
    static let count = 40_000
  #else
    static let count = 250_000
  #endif

  let limits = ScanLimits(maxDepth: 255, maxLeaves: 100_000)

  /// Whether Foundation takes the text as JSON; nil where the two are known to differ.
  func accepts(_ bytes: [UInt8]) -> Bool? {
    if bytes.prefix(4).contains(0) || bytes.starts(with: [0xEF, 0xBB, 0xBF])
      || bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0xFF, 0xFE])
    {
      return nil
    }
    let options: JSONSerialization.ReadingOptions = [.fragmentsAllowed]
    return (try? JSONSerialization.jsonObject(with: Data(bytes), options: options)) != nil
  }

  func compare(_ bytes: [UInt8]) {
    let error = failure(bytes, limits: limits)
    if error?.code == .loneSurrogate { return }
    if let error, let comma = trailingComma(bytes, error) {
      var mended = bytes
      mended[comma] = UInt8(ascii: " ")
      return compare(mended)
    }
    guard let expected = accepts(bytes) else { return }
    if error == nil, !expected, hasHugeNumber(bytes) { return }
    if (error == nil) != expected {
      Issue.record(
        """
        ours: \(error.map(\.description) ?? "valid"), Foundation: \(expected), text:
        \(String(decoding: bytes, as: UTF8.self).debugDescription)
        """)
    }
  }

  /// The comma that stands before the closing bracket at which the scanner stopped.
  func trailingComma(_ bytes: [UInt8], _ error: ScanError) -> Int? {
    guard error.code == .unexpectedCharacter,
      bytes[error.offset] == UInt8(ascii: "]") || bytes[error.offset] == UInt8(ascii: "}")
    else { return nil }
    let before = bytes[..<error.offset].lastIndex { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
    return before.flatMap { bytes[$0] == UInt8(ascii: ",") ? $0 : nil }
  }

  /// Whether some exponent has more than two digits, or some number more than 300 digits.
  func hasHugeNumber(_ bytes: [UInt8]) -> Bool {
    var digits = 0
    var afterExponent = false
    for byte in bytes {
      if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
        digits += 1
        if digits > (afterExponent ? 2 : 300) { return true }
      } else {
        afterExponent =
          byte | 0x20 == UInt8(ascii: "e")
          || afterExponent && (byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-"))
        digits = 0
      }
    }
    return false
  }

  @Test func generatedTexts() {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("differential test of generated texts, seed \(seed)")
    var random = SeededGenerator(seed: seed)
    for _ in 0..<Self.count {
      var text = JSONGrammar.value(depth: 4, using: &random)
      if Bool.random(using: &random) { damage(&text, using: &random) }
      compare(text)
    }
  }

  @Test func damagedRecords() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("differential test of damaged records, seed \(seed)")
    var random = SeededGenerator(seed: seed)
    let records = Samples.records.map { Array($0.utf8) }
    for record in records { compare(record) }
    for _ in 0..<Self.count / 4 {
      var text = records.randomElement(using: &random) ?? []
      damage(&text, using: &random)
      compare(text)
    }
  }

  /// Changes, removes, doubles or inserts a few bytes.
  func damage(_ text: inout [UInt8], using random: inout SeededGenerator) {
    let interesting =
      Array("\"\\{}[],:0123456789.eE+-tfnu \n\t/".utf8) + [
        0, 0x1F, 0x7F, 0x80, 0xC3, 0xED, 0xF0, 0xFF,
      ]
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      guard !text.isEmpty else { return }
      let place = Int.random(in: 0..<text.count, using: &random)
      let byte = interesting.randomElement(using: &random) ?? 0
      switch Int.random(in: 0..<5, using: &random) {
      case 0: text[place] = byte
      case 1: text.insert(byte, at: place)
      case 2: text.remove(at: place)
      case 3: text.removeSubrange(place...)
      default: text.insert(contentsOf: text[place..<min(place + 6, text.count)], at: place)
      }
    }
  }

  /// The framer must find the same records however it is told of the body's form, and the skipper must
  /// see the same end as the scanner.
  @Test func framesAgreeWithTheScanner() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("framing property, seed \(seed)")
    var random = SeededGenerator(seed: seed)
    for _ in 0..<Self.count / 20 {
      let objects = (0..<Int.random(in: 1...5, using: &random)).map { _ in
        JSONGrammar.object(depth: 3, using: &random)
      }
      guard objects.allSatisfy({ failure($0, limits: limits) == nil }) else { continue }
      let texts = objects.map { String(decoding: $0, as: UTF8.self) }
      let array = "[" + texts.joined(separator: " ,\n") + "]"
      #expect(try frames(array, limits: limits) == texts)
      let envelope = #"{"x":\#(texts[0]),"events":\#(array),"y":1}"#
      #expect(try frames(envelope, limits: limits) == texts)
      if !texts[0].contains(#""events""#), !texts[0].contains(#""Records""#) {
        #expect(try frames(texts.joined(), limits: limits) == texts)
      }
      let flat = texts.map { $0.replacing("\n", with: " ") }
      #expect(
        try frames(flat.joined(separator: "\r\n"), type: "application/x-ndjson", limits: limits)
          == flat)
    }
  }
}
