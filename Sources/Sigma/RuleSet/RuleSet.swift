/// Rules and correlations that fit together: every reference is resolved, no correlation refers to
/// itself by way of others, no id occurs twice.
public struct RuleSet: Sendable {
  /// A rule or a correlation, by its index in `rules` or `correlations`.
  public enum Member: Hashable, Sendable {
    case rule(Int)
    case correlation(Int)
  }

  /// One correlation's use of a rule or of another correlation.
  public struct Use: Hashable, Sendable {
    /// Index in `correlations` of the one that refers.
    public let correlation: Int
    /// The position in its `rules`.
    public let position: Int
    /// The text there, an id or a name, which aliases and extended conditions use too.
    public let reference: String
  }

  public let rules: [Rule]
  public let correlations: [CorrelationRule]
  /// For each correlation what its `rules` refer to, in the same order.
  public let members: [[Member]]
  /// The correlations' indices, those that others refer to before those others.
  public let evaluationOrder: [Int]

  /// For each rule the correlations that refer to it directly.
  public let usesOfRule: [[Use]]
  /// For each correlation those that refer to it directly.
  public let usesOfCorrelation: [[Use]]

  private let rulesByID: [String: Int]
  private let correlationsByID: [String: Int]

  /// Use `resolve(rules:correlations:)`.
  init(
    rules: [Rule], correlations: [CorrelationRule], members: [[Member]], evaluationOrder: [Int]
  ) {
    self.rules = rules
    self.correlations = correlations
    self.members = members
    self.evaluationOrder = evaluationOrder
    var usesOfRule = [[Use]](repeating: [], count: rules.count)
    var usesOfCorrelation = [[Use]](repeating: [], count: correlations.count)
    for (correlation, targets) in members.enumerated() {
      for (position, target) in targets.enumerated() {
        let use = Use(
          correlation: correlation, position: position,
          reference: correlations[correlation].rules[position])
        switch target {
        case .rule(let index): usesOfRule[index].append(use)
        case .correlation(let index): usesOfCorrelation[index].append(use)
        }
      }
    }
    self.usesOfRule = usesOfRule
    self.usesOfCorrelation = usesOfCorrelation
    rulesByID = Dictionary(uniqueKeysWithValues: rules.enumerated().map { ($1.id, $0) })
    correlationsByID = Dictionary(
      uniqueKeysWithValues: correlations.enumerated().map { ($1.id, $0) })
  }

  public static let empty = RuleSet(rules: [], correlations: [], members: [], evaluationOrder: [])

  public func index(ofRule id: String) -> Int? { rulesByID[id] }

  public func index(ofCorrelation id: String) -> Int? { correlationsByID[id] }
}

extension RuleSet {
  /// Whether a rule's hits become incidents of their own: no correlation refers to it, or one that
  /// does says `generate: true`.
  public func generatesOwnIncidents(rule index: Int) -> Bool {
    Self.generates(usesOfRule[index], correlations)
  }

  /// The same for a correlation that others chain.
  public func generatesOwnIncidents(correlation index: Int) -> Bool {
    Self.generates(usesOfCorrelation[index], correlations)
  }

  private static func generates(_ uses: [Use], _ correlations: [CorrelationRule]) -> Bool {
    uses.isEmpty || uses.contains { correlations[$0.correlation].generate }
  }

  /// The fields of a rule's events that its correlations group or count by, aliases resolved to the
  /// rule's own names, chained correlations included; sorted, without repetition.
  public func correlatedFields(ofRule index: Int) -> [String] {
    var found: Set<String> = []
    for use in usesOfRule[index] { collectFields(use, into: &found) }
    return found.sorted()
  }

  private func collectFields(_ use: Use, into found: inout Set<String>) {
    let correlation = correlations[use.correlation]
    var wanted = correlation.groupBy
    if case .comparison(let comparison) = correlation.condition { wanted += comparison.fields }
    for field in wanted { found.insert(correlation.field(field, ofReference: use.reference)) }
    for outer in usesOfCorrelation[use.correlation] { collectFields(outer, into: &found) }
  }
}
