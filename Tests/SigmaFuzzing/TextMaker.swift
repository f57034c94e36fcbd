/// Makes the texts of rules, and texts of events that lie near them.
struct TextMaker {
  private static let words = [
    "a", "ab", "abc", "abcd", "powershell", "Power", "shell.exe", ".exe", #"\cmd"#, "é", "É",
    "café",
    "😀", "–", "-e", "/e", " -enc ", "42", "7", "", "ſ", "Σας", "İ", "ß", "K", "k", "aaaa", "aab",
    #"C:\Windows\System32\"#, "\n", " ", "=", "%", "'", "ÀÉ", "привет", "ПРИВЕТ", "null", "true",
    "x",
    "http://", "rundll32.exe", "00000001", "\u{0}", "\u{7F}", "\u{85}", "ﬁ", "ǅ", "ά", "\r\n", "_",
  ]

  static func word(_ random: inout FuzzGenerator) -> String { random.pick(words) }

  static func plain(_ random: inout FuzzGenerator) -> String {
    var text = ""
    for _ in 0..<random.number(1...3) { text += word(&random) }
    return text
  }

  /// A value of a rule with wildcards and escapes, and a text that it means.
  static func pattern(_ random: inout FuzzGenerator) -> (value: String, sample: String) {
    var value = ""
    var sample = ""
    for _ in 0..<random.number(1...4) {
      switch random.number(0...11) {
      case 0:
        value += "*"
        sample += random.chance(50) ? "" : plain(&random)
      case 1:
        value += "?"
        sample += random.pick(["a", "é", "😀", "\\", "*", "\n"])
      case 2:
        value += #"\*"#
        sample += "*"
      case 3:
        value += #"\?"#
        sample += "?"
      case 4:
        value += #"\\"#
        sample += #"\"#
      default:
        let text = word(&random)
        value += text
        sample += text
      }
    }
    return (value, sample)
  }

  /// A regular expression and a text in which it is found, mostly.
  static func expression(_ depth: Int, _ random: inout FuzzGenerator) -> (String, String) {
    guard depth > 0 else {
      return random.pick([
        ("a", "a"), ("abc", "abc"), ("é", "é"), ("[a-c]", "b"), ("[^a]", "x"), (#"\d+"#, "42"),
        (#"\w+"#, "x_1"), (#"\s"#, " "), (".", "?"), (#"\."#, "."), (#"\\"#, #"\"#), ("", ""),
        ("powershell", "powershell"), ("[A-Z]{2,3}", "AB"), (#"\b"#, ""), ("^", ""), ("$", ""),
        ("(?i)exe", "EXE"), (#"\x41"#, "A"), ("😀", "😀"), ("[é-ü]", "ö"), (".*", "xy"),
      ])
    }
    let one = expression(depth - 1, &random)
    let two = expression(depth - 1, &random)
    switch random.number(0...6) {
    case 0: return ("(\(one.0)|\(two.0))", random.chance(50) ? one.1 : two.1)
    case 1: return ("(?:\(one.0))?\(two.0)", one.1 + two.1)
    case 2: return ("(\(one.0))+", one.1 + one.1)
    case 3: return ("(\(one.0)){1,3}\(two.0)", one.1 + two.1)
    case 4: return ("(?:\(one.0))*", random.chance(50) ? "" : one.1)
    default: return (one.0 + two.0, one.1 + two.1)
    }
  }

  /// `text`, or a text that differs from it by little.
  static func near(_ text: String, _ random: inout FuzzGenerator) -> String {
    var scalars = Array(text.unicodeScalars)
    func string(_ scalars: [Unicode.Scalar]) -> String {
      var view = String.UnicodeScalarView()
      view.append(contentsOf: scalars)
      return String(view)
    }
    let other = Array(word(&random).unicodeScalars)
    switch random.number(0...11) {
    case 0 where !scalars.isEmpty: scalars.remove(at: random.number(0...(scalars.count - 1)))
    case 1: scalars.insert(contentsOf: other, at: random.number(0...scalars.count))
    case 2 where !scalars.isEmpty:
      scalars[random.number(0...(scalars.count - 1))] = random.pick([
        "a", "é", "*", "\\", "\n", "A",
      ])
    case 3: return text.uppercased()
    case 4: return text.lowercased()
    case 5: scalars += other
    case 6: scalars = other + scalars
    case 7: scalars = other + scalars + other
    case 8 where scalars.count > 1: scalars.removeLast()
    case 9: scalars += scalars
    default: break
    }
    return string(scalars)
  }
}
