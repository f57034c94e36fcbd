/// `windash`: each dash or slash that opens a word stands for any of the five characters that
/// Windows programs take for it; the dash within `-param-name` stays.
struct WindashModifier: Modifier {
  static let dashes: [Unicode.Scalar] = ["-", "/", "\u{2013}", "\u{2014}", "\u{2015}"]
  /// Five places of five characters.
  static let maximumAlternatives = 3125

  func apply(to value: ModifierValue) throws(SigmaError) -> [ModifierValue] {
    guard case .text(let pattern, let original) = value.content else {
      throw misuse("windash applies to texts only")
    }
    var patterns = [TextPattern(isCased: pattern.isCased)]
    for part in pattern.parts {
      guard case .literal(let bytes) = part else {
        for index in patterns.indices { patterns[index].append(part) }
        continue
      }
      for piece in Self.pieces(String(decoding: bytes, as: UTF8.self)) {
        let choices = piece.isDash ? Self.dashes.map { Array(String($0).utf8) } : [piece.bytes]
        guard patterns.count * choices.count <= Self.maximumAlternatives else {
          throw SigmaError(.limit, "windash: more than five dashes in \"\(original)\"")
        }
        patterns = patterns.flatMap { before in
          choices.map { choice in
            var extended = before
            extended.append(.literal(choice))
            return extended
          }
        }
      }
    }
    return patterns.map { pattern in
      var result = value
      result.content = .text(pattern, original: original)
      return result
    }
  }

  /// The text cut at the dashes that open a word.
  private static func pieces(_ text: String) -> [(bytes: [UInt8], isDash: Bool)] {
    let scalars = Array(text.unicodeScalars)
    var pieces: [(bytes: [UInt8], isDash: Bool)] = []
    var run: [UInt8] = []
    for index in scalars.indices {
      let opensWord =
        dashes.contains(scalars[index])
        && (index == 0 || !isWord(scalars[index - 1]))
        && index + 1 < scalars.count && isWord(scalars[index + 1])
      if opensWord {
        pieces += [(run, false), ([], true)]
        run = []
      } else {
        run += Array(String(scalars[index]).utf8)
      }
    }
    return pieces + [(run, false)]
  }

  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
  }
}
