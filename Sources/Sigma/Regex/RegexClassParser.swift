/// Reads `[…]` and single escapes of a regular expression.
struct RegexClassParser {
  private let scalars: [Unicode.Scalar]
  private(set) var position: Int

  private let ignoresCase: Bool

  init(_ scalars: [Unicode.Scalar], position: Int, ignoresCase: Bool) {
    self.scalars = scalars
    self.ignoresCase = ignoresCase
    self.position = position
  }

  typealias Fault = (String) -> SigmaError

  private func peek(_ offset: Int = 0) -> Unicode.Scalar? {
    position + offset < scalars.count ? scalars[position + offset] : nil
  }

  /// From `[` to behind its `]`.
  mutating func parse(_ fault: Fault) throws(SigmaError) -> ScalarSet {
    position += 1
    var isNegated = false
    if peek() == "^" {
      isNegated = true
      position += 1
    }
    var set = ScalarSet()
    var isFirst = true
    while true {
      guard let scalar = peek() else { throw fault("unclosed class") }
      if scalar == "]", !isFirst { break }
      isFirst = false
      if scalar == "[", peek(1) == ":" {
        set.formUnion(try posixClass(fault))
        continue
      }
      let item = try classItem(fault)
      guard peek() == "-", let next = peek(1), next != "]", let low = item.only else {
        set.formUnion(item)
        continue
      }
      position += 1
      guard let high = try classItem(fault).only else {
        throw fault("a range that ends in a class")
      }
      guard low <= high else { throw fault("a range that ends before it begins") }
      set.insert(low.value...high.value)
    }
    position += 1
    if ignoresCase { set = set.ignoringCase }
    return isNegated ? set.inverted : set
  }

  private mutating func classItem(_ fault: Fault) throws(SigmaError) -> ScalarSet {
    guard let scalar = peek() else { throw fault("unclosed class") }
    guard scalar == "\\" else {
      position += 1
      return ScalarSet(scalar)
    }
    if peek(1) == "b" {
      position += 2
      return ScalarSet("\u{8}")
    }
    return try escape(fault)
  }

  private mutating func posixClass(_ fault: Fault) throws(SigmaError) -> ScalarSet {
    var name = String.UnicodeScalarView()
    var index = position + 2
    while index < scalars.count, scalars[index] != ":", name.count < 12 {
      name.append(scalars[index])
      index += 1
    }
    guard index + 1 < scalars.count, scalars[index] == ":", scalars[index + 1] == "]" else {
      position += 1
      return ScalarSet("[")
    }
    let isNegated = name.first == "^"
    if isNegated { name.removeFirst() }
    guard let set = Self.posix[String(name)] else { throw fault("unknown class [:\(name):]") }
    position = index + 2
    return isNegated ? set.inverted : set
  }

  private static let posix: [String: ScalarSet] = [
    "alpha": ScalarSet([0x41...0x5A, 0x61...0x7A]),
    "alnum": ScalarSet([0x30...0x39, 0x41...0x5A, 0x61...0x7A]),
    "digit": .digits, "word": .word, "space": .whitespace,
    "upper": ScalarSet([0x41...0x5A]), "lower": ScalarSet([0x61...0x7A]),
    "xdigit": ScalarSet([0x30...0x39, 0x41...0x46, 0x61...0x66]),
    "punct": ScalarSet([0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E]),
    "blank": ScalarSet([0x09...0x09, 0x20...0x20]),
    "cntrl": ScalarSet([0x00...0x1F, 0x7F...0x7F]),
    "print": ScalarSet([0x20...0x7E]), "graph": ScalarSet([0x21...0x7E]),
  ]

  /// From a backslash to behind its escape, which stands for characters.
  mutating func escape(_ fault: Fault) throws(SigmaError) -> ScalarSet {
    guard let scalar = peek(1) else { throw fault("a lone backslash at the end") }
    if let set = Self.sets[scalar] {
      position += 2
      return set
    }
    if let control = Self.controls[scalar] {
      position += 2
      return ScalarSet(control)
    }
    if scalar == "x" { return try hexadecimal(fault) }
    if ScalarSet.digits.contains(scalar) {
      guard scalar == "0" else { throw fault("a backreference is not run") }
      position += 2
      return ScalarSet("\u{0}")
    }
    let isLetter = scalar.isASCII && ScalarSet.word.contains(scalar) && scalar != "_"
    guard !isLetter else { throw fault("unknown escape \\\(scalar)") }
    position += 2
    return ScalarSet(scalar)
  }

  private static let sets: [Unicode.Scalar: ScalarSet] = [
    "d": .digits, "D": ScalarSet.digits.inverted,
    "w": .word, "W": ScalarSet.word.inverted,
    "s": .whitespace, "S": ScalarSet.whitespace.inverted,
    "h": .horizontalSpace, "H": ScalarSet.horizontalSpace.inverted,
    "N": ScalarSet.newline.inverted,
  ]

  private static let controls: [Unicode.Scalar: Unicode.Scalar] = [
    "n": "\n", "t": "\t", "r": "\r", "f": "\u{C}", "v": "\u{B}", "a": "\u{7}", "e": "\u{1B}",
  ]

  /// `\xH`, `\xHH` or `\x{H…}`.
  private mutating func hexadecimal(_ fault: Fault) throws(SigmaError) -> ScalarSet {
    position += 2
    let isBraced = peek() == "{"
    if isBraced { position += 1 }
    var value: UInt32 = 0
    var digits = 0
    while digits < (isBraced ? 6 : 2), let scalar = peek(), scalar.isASCII,
      let digit = Character(scalar).hexDigitValue
    {
      value = value << 4 | UInt32(digit)
      digits += 1
      position += 1
    }
    if isBraced {
      guard digits > 0, peek() == "}" else { throw fault("a bad \\x{…}") }
      position += 1
    }
    guard let scalar = Unicode.Scalar(value) else { throw fault("no such character") }
    return ScalarSet(scalar)
  }
}
