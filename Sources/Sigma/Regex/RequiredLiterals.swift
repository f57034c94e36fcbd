/// Texts of which one must occur, without case, in everything that a regular expression matches.
struct RequiredLiterals {
  /// All that the part can match, folded, where that is a handful of texts.
  private var exact: [[UInt8]]?
  /// One of these must occur; empty is no demand.
  private var required: [[UInt8]] = []

  private static let maximumTexts = 16
  private static let maximumLength = 48

  /// Nil where there is no demand worth looking for: some text is shorter than two bytes.
  static func of(_ root: RegexNode) -> [[UInt8]]? {
    let found = RequiredLiterals(root).best
    guard !found.isEmpty, found.allSatisfy({ $0.count >= 2 }) else { return nil }
    return found
  }

  private var best: [[UInt8]] {
    if let exact, Self.score(exact) > Self.score(required) { return exact }
    return required
  }

  /// The shortest text counts: longer is rarer.
  private static func score(_ texts: [[UInt8]]) -> Int {
    guard let shortest = texts.map(\.count).min() else { return 0 }
    return shortest * 16 - texts.count
  }

  private init(exact: [[UInt8]]?, required: [[UInt8]] = []) {
    self.exact = exact
    self.required = required
  }

  private init(_ node: RegexNode) {
    switch node {
    case .empty, .assertion: self.init(exact: [[]])
    case .characters(let set): self.init(exact: Self.texts(of: set))
    case .concatenation(let parts): self = Self.joined(parts.map { RequiredLiterals($0) })
    case .alternation(let parts):
      let parts = parts.map { RequiredLiterals($0) }
      let exact = parts.compactMap(\.exact)
      let isExact = exact.count == parts.count
      let all = Set(exact.joined())
      let demands = parts.map(\.best)
      let required = Set(demands.joined())
      let isDemand = demands.allSatisfy { !$0.isEmpty } && required.count <= Self.maximumTexts
      self.init(
        exact: isExact && all.count <= Self.maximumTexts ? all.sorted(by: Self.isBefore) : nil,
        required: isDemand ? required.sorted(by: Self.isBefore) : [])
    case .repetition(let part, let minimum, let maximum):
      let inner = RequiredLiterals(part)
      if minimum == 0 {
        let isOptional = maximum == 1 && (inner.exact?.count ?? .max) < Self.maximumTexts
        self.init(exact: isOptional ? (inner.exact ?? []) + [[]] : nil)
      } else if minimum == maximum, minimum <= 4 {
        self = Self.joined(Array(repeating: inner, count: minimum))
      } else {
        self.init(exact: nil, required: inner.best)
      }
    }
  }

  private static func isBefore(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.lexicographicallyPrecedes(right)
  }

  private static func texts(of set: ScalarSet) -> [[UInt8]]? {
    guard set.ranges.reduce(0, { $0 + $1.count }) <= 8 else { return nil }
    var folded: Set<[UInt8]> = []
    for range in set.ranges {
      for value in range {
        guard let scalar = Unicode.Scalar(value) else { continue }
        folded.insert(Array(UTF8.encode(CaseFolding.fold(scalar))!))
      }
    }
    return folded.count <= 3 ? folded.sorted(by: isBefore) : nil
  }

  private static func joined(_ parts: [RequiredLiterals]) -> RequiredLiterals {
    var best: [[UInt8]] = []
    var run: [[UInt8]] = [[]]
    var isExact = true
    func keep(_ texts: [[UInt8]]) {
      if score(texts) > score(best) { best = texts }
    }
    for part in parts {
      keep(part.required)
      if let exact = part.exact, run.count * exact.count <= maximumTexts {
        let longer = run.flatMap { head in exact.map { head + $0 } }
        if longer.allSatisfy({ $0.count <= maximumLength }) {
          run = Array(Set(longer)).sorted(by: isBefore)
          continue
        }
      }
      keep(run)
      isExact = false
      run = part.exact ?? [[]]
    }
    keep(run)
    return RequiredLiterals(exact: isExact ? run : nil, required: best)
  }
}
