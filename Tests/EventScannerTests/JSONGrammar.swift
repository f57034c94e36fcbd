/// Makes JSON texts by the grammar, now and then slightly wrong ones.
enum JSONGrammar {
  static func value(depth: Int, using random: inout SeededGenerator) -> [UInt8] {
    space(using: &random) + bare(depth: depth, using: &random) + space(using: &random)
  }

  private static func bare(depth: Int, using random: inout SeededGenerator) -> [UInt8] {
    switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &random) {
    case 0, 1: return string(using: &random)
    case 2, 3: return number(using: &random)
    case 4:
      let words = ["true", "false", "null"]
      let wrong = ["nul", "True", "NaN", "tru"]
      let chosen = Int.random(in: 0..<20, using: &random) == 0 ? wrong : words
      return Array((chosen.randomElement(using: &random) ?? "").utf8)
    case 5, 6: return object(depth: depth - 1, using: &random)
    default:
      let elements = (0..<Int.random(in: 0...4, using: &random)).map { _ in
        value(depth: depth - 1, using: &random)
      }
      return [0x5B] + Array(elements.joined(separator: [0x2C])) + [0x5D]
    }
  }

  static func object(depth: Int, using random: inout SeededGenerator) -> [UInt8] {
    // Names differ, since parsers differ in what they make of two equal ones.
    let members = (0..<Int.random(in: 0...4, using: &random)).map { index -> [UInt8] in
      [0x22] + Array("k\(index)".utf8) + string(using: &random).dropFirst()
        + space(using: &random) + [0x3A] + value(depth: depth, using: &random)
    }
    return [0x7B] + Array(members.joined(separator: [0x2C])) + [0x7D]
  }

  private static func space(using random: inout SeededGenerator) -> [UInt8] {
    let choices: [[UInt8]] = [[], [], [], [], [0x20], [0x0A], [0x0D, 0x09]]
    return choices.randomElement(using: &random) ?? []
  }

  private static func number(using random: inout SeededGenerator) -> [UInt8] {
    let parts = [
      "0", "-0", "1", "-12", "123456789012345678901", "0.5", "1.25e3", "1E-7", "3e+2", "-0.0",
      "01", "1.", ".5", "+1", "-", "1e", "0x1", "1_0",
    ]
    // The malformed ones at the end are chosen less often.
    let limit = Int.random(in: 0..<10, using: &random) == 0 ? parts.count : 10
    return Array(parts[Int.random(in: 0..<limit, using: &random)].utf8)
  }

  private static func string(using random: inout SeededGenerator) -> [UInt8] {
    let pieces = [
      "a", "abcdefgh", "xyz ", "é", "€", "😀", #"\n"#, #"\""#, #"\\"#, #"\/"#, #"\u00e9"#,
      #"\ud83d\ude00"#, "/", "ÿ", "ß", "日本語", "01234567", "\u{7F}", #"\ud800"#, #"\x"#, "\t",
      #"\u12"#,
    ]
    var text: [UInt8] = [0x22]
    for _ in 0..<Int.random(in: 0...5, using: &random) {
      let limit = Int.random(in: 0..<40, using: &random) == 0 ? pieces.count : 18
      text += Array(pieces[Int.random(in: 0..<limit, using: &random)].utf8)
    }
    return text + [0x22]
  }
}
