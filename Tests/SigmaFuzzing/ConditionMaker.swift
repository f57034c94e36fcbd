/// Makes conditions, and writes one down in any of the ways that mean the same.
struct ConditionMaker {
  let names: [String]

  private static let patterns = [
    "them", "s*", "*", "s_?*", "_*", "*_1", "s_1", "filter_*", "f*r_*",
  ]

  func condition(depth: Int, _ random: inout FuzzGenerator) -> FuzzRule.Condition {
    func inner() -> FuzzRule.Condition { condition(depth: depth - 1, &random) }
    guard depth > 0 else {
      if random.chance(25) {
        let pattern = random.pick(Self.patterns)
        let count = Self.matching(pattern, names).count
        if count > 0 {
          return .of(count: random.chance(30) ? nil : random.number(1...count), pattern: pattern)
        }
      }
      return .search(random.number(0...(names.count - 1)))
    }
    switch random.number(0...5) {
    case 0: return .and((0..<random.number(2...3)).map { _ in inner() })
    case 1: return .or((0..<random.number(2...3)).map { _ in inner() })
    case 2: return .and([inner(), .not(inner())])
    case 3: return .not(inner())
    default: return inner()
    }
  }

  /// "1/all of search-identifier-pattern", with `*` alone as a wildcard; `_…` only where asked for.
  static func matching(_ pattern: String, _ names: [String]) -> [Int] {
    let wanted = Array((pattern == "them" ? "*" : pattern).utf8)
    func matches(_ name: ArraySlice<UInt8>, _ rest: ArraySlice<UInt8>) -> Bool {
      guard let first = rest.first else { return name.isEmpty }
      if first == UInt8(ascii: "*") {
        return (name.startIndex...name.endIndex).contains { matches(name[$0...], rest.dropFirst()) }
      }
      return name.first == first && matches(name.dropFirst(), rest.dropFirst())
    }
    return names.indices.filter { index in
      let name = Array(names[index].utf8)
      if name.first == UInt8(ascii: "_"), wanted.first != UInt8(ascii: "_") { return false }
      return matches(name[...], wanted[...])
    }
  }

  /// Binding of what stands around: 0 nothing, 1 `or`, 2 `and`, 3 `not`.
  func text(_ condition: FuzzRule.Condition, within outer: Int = 0, _ random: inout FuzzGenerator)
    -> String
  {
    let (text, binding): (String, Int)
    switch condition {
    case .search(let index): (text, binding) = (names[index], 4)
    case .of(let count, let pattern):
      let quantifier = count.map { $0 == 1 && random.chance(50) ? "any" : "\($0)" } ?? "all"
      (text, binding) = ("\(quantifier) \(cased("of", &random)) \(pattern)", 4)
    case .not(let part):
      let inner = self.text(part, within: 3, &random)
      (text, binding) = ("\(cased("not", &random)) \(inner)", 3)
    case .and(let parts):
      (text, binding) = (joined(parts, "and", 2, &random), 2)
    case .or(let parts):
      (text, binding) = (joined(parts, "or", 1, &random), 1)
    }
    let needs = binding < outer || (binding == outer && outer < 3 && random.chance(50))
    guard needs || random.chance(15) else { return text }
    return random.chance(50) ? "(\(text))" : "( \(text) )"
  }

  private func joined(
    _ parts: [FuzzRule.Condition], _ word: String, _ binding: Int, _ random: inout FuzzGenerator
  ) -> String {
    var texts: [String] = []
    for part in parts { texts.append(text(part, within: binding, &random)) }
    return texts.joined(
      separator: random.chance(10) ? "  \n" + word + " " : " \(cased(word, &random)) ")
  }

  private func cased(_ word: String, _ random: inout FuzzGenerator) -> String {
    random.chance(20) ? word.uppercased() : word
  }
}
