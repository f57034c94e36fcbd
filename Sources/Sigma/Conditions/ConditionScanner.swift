/// Splits a condition into words and parentheses, and reads `or`, `and`, `not` and parentheses in
/// Sigma's precedence (specification 2.1, "Condition"). What a leaf is, its caller says.
struct ConditionScanner {
  private let words: [Substring]
  private var position = 0
  private var depth = 0
  private let text: String

  static let maximumLength = 32_768
  static let maximumDepth = 60

  init(_ text: String) throws(SigmaError) {
    self.text = text
    guard text.utf8.count <= Self.maximumLength else {
      throw SigmaError(.limit, "condition: longer than \(Self.maximumLength) bytes")
    }
    var words: [Substring] = []
    for part in text.split(whereSeparator: \.isWhitespace) {
      var rest = part[...]
      while let index = rest.firstIndex(where: { $0 == "(" || $0 == ")" }) {
        if index > rest.startIndex { words.append(rest[..<index]) }
        words.append(rest[index...index])
        rest = rest[rest.index(after: index)...]
      }
      if !rest.isEmpty { words.append(rest) }
    }
    self.words = words
  }

  func fault(_ reason: String) -> SigmaError {
    let shown = text.count > 200 ? "\(text.prefix(200))…" : text
    return SigmaError(.condition, "condition: \(reason) in \"\(shown)\"")
  }

  func peek(_ offset: Int = 0) -> Substring? {
    position + offset < words.count ? words[position + offset] : nil
  }

  /// The next word in lower case, which is how operators are compared.
  private var keyword: String? { peek().map { $0.lowercased() } }

  /// Takes a word that is neither an operator nor a parenthesis.
  mutating func takeWord() throws(SigmaError) -> Substring {
    guard let word = peek() else { throw fault("something is missing at the end") }
    switch word.lowercased() {
    case "and", "or", "not", "(", ")": throw fault("\"\(word)\" stands where a name should")
    default: break
    }
    if let odd = word.unicodeScalars.first(where: { !Self.isNameCharacter($0) }) {
      throw fault(
        odd == "|"
          ? "the aggregation after \"|\" is of old Sigma, write a correlation rule for it"
          : "unexpected \"\(odd)\"")
    }
    position += 1
    return word
  }

  private static func isNameCharacter(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "_", "-", "*", ".", "/", ":": true
    default: scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }
  }

  mutating func skipWord() { position += 1 }

  typealias LeafReader<Leaf> = (inout ConditionScanner) throws(SigmaError) -> Leaf

  /// The whole text as a tree.
  mutating func parse<Leaf>(_ leaf: LeafReader<Leaf>) throws(SigmaError) -> BooleanTree<Leaf> {
    guard !words.isEmpty else { throw fault("nothing") }
    let tree = try disjunction(leaf)
    if let rest = peek() { throw fault("unexpected \"\(rest)\"") }
    return tree
  }

  private mutating func disjunction<Leaf>(
    _ leaf: LeafReader<Leaf>
  ) throws(SigmaError) -> BooleanTree<Leaf> {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.maximumDepth else {
      throw SigmaError(.limit, "condition: nested deeper than \(Self.maximumDepth)")
    }
    var parts = [try conjunction(leaf)]
    while keyword == "or" {
      position += 1
      parts.append(try conjunction(leaf))
    }
    return parts.count == 1 ? parts[0] : .or(parts)
  }

  private mutating func conjunction<Leaf>(
    _ leaf: LeafReader<Leaf>
  ) throws(SigmaError) -> BooleanTree<Leaf> {
    var parts = [try negation(leaf)]
    while keyword == "and" {
      position += 1
      parts.append(try negation(leaf))
    }
    return parts.count == 1 ? parts[0] : .and(parts)
  }

  private mutating func negation<Leaf>(
    _ leaf: LeafReader<Leaf>
  ) throws(SigmaError) -> BooleanTree<Leaf> {
    var isNegated = false
    while keyword == "not" {
      position += 1
      isNegated.toggle()
    }
    let tree: BooleanTree<Leaf>
    if keyword == "(" {
      position += 1
      tree = try disjunction(leaf)
      guard keyword == ")" else { throw fault("unclosed parenthesis") }
      position += 1
    } else {
      tree = .leaf(try leaf(&self))
    }
    return isNegated ? .not(tree) : tree
  }
}
