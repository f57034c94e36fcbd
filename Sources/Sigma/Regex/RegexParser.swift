/// Reads the text of a regular expression: PCRE's common part without what needs backtracking.
///
/// Literals, `.`, classes with ranges, negation and `[:posix:]` names, `\d \w \s \h \D \W \S`,
/// `^ $ \A \z \Z \b \B`, groups `( ) (?: ) (?<name> ) (?i-ms) (?i: )`, alternation, greedy and lazy
/// quantifiers, `\n \t \xHH \x{…}`. Lookaround, backreferences, atomic groups, possessive quantifiers
/// and Unicode properties are refused.
struct RegexParser {
  private let scalars: [Unicode.Scalar]
  private var position = 0
  private var flags: RegexFlags
  private var depth = 0
  /// Copies of leaves after the expansion of counted repetitions, to bound the program.
  static let maximumSize = 6000
  static let maximumCount = 2000
  static let maximumDepth = 50
  static let maximumLength = 8192

  init(_ source: String, flags: RegexFlags) {
    scalars = Array(source.unicodeScalars)
    self.flags = flags
  }

  mutating func parse() throws(SigmaError) -> RegexNode {
    guard scalars.count <= Self.maximumLength else {
      throw SigmaError(.limit, "regex: longer than \(Self.maximumLength) characters")
    }
    let node = try alternation()
    if position < scalars.count { throw fault("unmatched )") }
    guard node.expandedSize <= Self.maximumSize else {
      throw SigmaError(
        .limit,
        "regex: its counted repetitions make \(node.expandedSize) parts and \(Self.maximumSize) are the limit: lower the counts"
      )
    }
    return node
  }

  private func fault(_ reason: String) -> SigmaError {
    SigmaError(.regex, "regex: \(reason) at character \(position + 1) of \"\(text)\"")
  }

  private var text: String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars.prefix(120))
    return String(view) + (scalars.count > 120 ? "…" : "")
  }

  private func peek(_ offset: Int = 0) -> Unicode.Scalar? {
    position + offset < scalars.count ? scalars[position + offset] : nil
  }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard peek() == scalar else { return false }
    position += 1
    return true
  }

  private mutating func alternation() throws(SigmaError) -> RegexNode {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.maximumDepth else {
      throw SigmaError(.limit, "regex: groups nested deeper than \(Self.maximumDepth)")
    }
    var branches = [try concatenation()]
    while take("|") { branches.append(try concatenation()) }
    return branches.count == 1 ? branches[0] : .alternation(branches)
  }

  private mutating func concatenation() throws(SigmaError) -> RegexNode {
    var parts: [RegexNode] = []
    while let next = peek(), next != "|", next != ")" {
      guard let atom = try atom() else { continue }
      parts.append(try quantified(atom))
    }
    return parts.count == 1 ? parts[0] : (parts.isEmpty ? .empty : .concatenation(parts))
  }

  /// Nil for what only sets flags.
  private mutating func atom() throws(SigmaError) -> RegexNode? {
    let scalar = scalars[position]
    switch scalar {
    case "(": return try group()
    case "[":
      var parser = RegexClassParser(
        scalars, position: position, ignoresCase: flags.ignoresCase)
      let set = try parser.parse(fault)
      position = parser.position
      return .characters(set)
    case "\\": return try escape()
    case "*", "+", "?": throw fault("nothing to repeat")
    default: break
    }
    position += 1
    switch scalar {
    case ".":
      return .characters(flags.dotMatchesNewline ? .all : ScalarSet.newline.inverted)
    case "^": return .assertion(flags.isMultiline ? .lineStart : .textStart)
    case "$": return .assertion(flags.isMultiline ? .lineEnd : .textEndOrFinalNewline)
    default: return leaf(ScalarSet(scalar))
    }
  }

  private func leaf(_ set: ScalarSet) -> RegexNode {
    .characters(flags.ignoresCase ? set.ignoringCase : set)
  }

  private mutating func group() throws(SigmaError) -> RegexNode? {
    position += 1
    let outer = flags
    if take("?") {
      switch peek() {
      case "=", "!": throw fault("lookahead is not run")
      case ">": throw fault("an atomic group is not run")
      case "<" where peek(1) == "=" || peek(1) == "!": throw fault("lookbehind is not run")
      case ":": position += 1
      case "<", "P", "'": try groupName()
      default:
        if try groupFlags() { return nil }
      }
    } else if peek() == "*" {
      throw fault("a verb is not run")
    }
    let node = try alternation()
    guard take(")") else { throw fault("unclosed group") }
    flags = outer
    return node
  }

  private mutating func groupName() throws(SigmaError) {
    if peek() == "P" { position += 1 }
    guard let open = peek(), open == "<" || open == "'" else { throw fault("unknown group") }
    position += 1
    let close: Unicode.Scalar = open == "<" ? ">" : "'"
    while let scalar = peek(), scalar != close {
      guard ScalarSet.word.contains(scalar) else { throw fault("bad group name") }
      position += 1
    }
    guard take(close) else { throw fault("unclosed group name") }
  }

  /// True where the group ends with its flags, which then hold to the end of the group around it.
  private mutating func groupFlags() throws(SigmaError) -> Bool {
    var value = true
    while let scalar = peek() {
      position += 1
      switch scalar {
      case "-": value = false
      case "i": flags.ignoresCase = value
      case "m": flags.isMultiline = value
      case "s": flags.dotMatchesNewline = value
      case ")": return true
      case ":": return false
      default:
        position -= 1
        throw fault("unknown group flag")
      }
    }
    throw fault("unclosed group")
  }

  private mutating func escape() throws(SigmaError) -> RegexNode {
    guard let scalar = peek(1) else { throw fault("a lone backslash at the end") }
    if let assertion = Self.assertions[scalar] {
      position += 2
      return .assertion(assertion)
    }
    var parser = RegexClassParser(
      scalars, position: position, ignoresCase: flags.ignoresCase)
    let set = try parser.escape(fault)
    position = parser.position
    return leaf(set)
  }

  private static let assertions: [Unicode.Scalar: RegexAssertion] = [
    "b": .wordBoundary, "B": .notWordBoundary, "A": .textStart, "z": .textEnd,
    "Z": .textEndOrFinalNewline,
  ]

  private mutating func quantified(_ atom: RegexNode) throws(SigmaError) -> RegexNode {
    var node = atom
    while let (minimum, maximum) = try quantifier() {
      if peek() == "+" { throw fault("a possessive quantifier is not run") }
      _ = take("?")
      if let next = peek(), next == "*" || next == "+" || next == "?" {
        throw fault("a quantifier of a quantifier")
      }
      node = .repetition(node, minimum: minimum, maximum: maximum)
    }
    return node
  }

  private mutating func quantifier() throws(SigmaError) -> (Int, Int?)? {
    if take("*") { return (0, nil) }
    if take("+") { return (1, nil) }
    if take("?") { return (0, 1) }
    guard peek() == "{" else { return nil }
    // A brace that opens no count is a literal, as in PCRE.
    let start = position
    position += 1
    guard let minimum = try count() else {
      position = start
      return nil
    }
    var maximum: Int? = minimum
    if take(",") { maximum = try count() }
    guard take("}") else {
      position = start
      return nil
    }
    if let maximum, maximum < minimum { throw fault("a count that ends before it begins") }
    return (minimum, maximum)
  }

  private mutating func count() throws(SigmaError) -> Int? {
    var value: Int?
    while let scalar = peek(), ScalarSet.digits.contains(scalar) {
      value = (value ?? 0) * 10 + Int(scalar.value - 0x30)
      guard value! <= Self.maximumCount else {
        throw fault("a count above \(Self.maximumCount)")
      }
      position += 1
    }
    return value
  }
}

extension RegexNode {
  /// Leaves after counted repetitions are written out, saturating.
  var expandedSize: Int {
    switch self {
    case .empty, .assertion, .characters: 1
    case .concatenation(let parts), .alternation(let parts):
      parts.reduce(1) { min($0 + $1.expandedSize, 1 << 30) }
    case .repetition(let part, let minimum, let maximum):
      min(part.expandedSize * max(1, maximum ?? minimum + 1), 1 << 30)
    }
  }
}
