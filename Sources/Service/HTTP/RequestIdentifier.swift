/// The id that follows a request through logs, statements and answers.
enum RequestIdentifier {
  static let maximumLength = 128

  /// Letters, digits and `. _ - : / + =`, at most 128: what trace ids, UUIDs and other systems' request
  /// ids are made of, and nothing that could break a log line or a header.
  static func isValid(_ text: String) -> Bool {
    (1...maximumLength).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: ".:_-/+=".utf8.contains(byte)
        }
      }
  }

  /// 32 hexadecimal digits.
  static func make() -> String {
    var generator = SystemRandomNumberGenerator()
    return String(unsafeUninitializedCapacity: 32) { buffer in
      for half in 0..<2 {
        let word: UInt64 = generator.next()
        for digit in 0..<16 {
          let value = UInt8(truncatingIfNeeded: word >> UInt64(60 - digit * 4)) & 15
          buffer[half * 16 + digit] =
            value + (value < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
        }
      }
      return 32
    }
  }
}
