public import Core
internal import Normalization
public import Sigma
internal import Synchronization

/// A rule as the detector runs it: what each of its hits says of it.
///
/// A class, so that a hit costs one reference, and so that organizations share what is the same for
/// them.
public final class DetectionRule: Sendable {
  public let id: String
  public let version: Int32
  public let level: RuleLevel
  let rule: Rule
  /// What its hits carry for correlation.
  let carried: CarriedFields
  /// Whether its hits say why it matched. Those that only feed correlations do not: they are many, and
  /// an analyst looks at what they add up to.
  let isExplained: Bool
  private let preparedExplainer = AtomicLazyReference<PreparedExplainer>()

  init(_ rule: Rule, version: Int32, carried names: [String], isExplained: Bool) {
    id = rule.id
    self.version = version
    level = rule.level
    self.rule = rule
    carried = CarriedFields(names)
    self.isExplained = isExplained
  }

  /// Made for the first hit that is explained: most rules never match.
  var explainer: PreparedExplainer {
    preparedExplainer.load()
      ?? preparedExplainer.storeIfNil(PreparedExplainer(rule, aliases: FieldAliases.table))
  }

  /// The values that correlations of the rule group and count by, under the names that the rule uses.
  /// A value of more than 512 bytes is its beginning and a digest of the whole.
  public func correlatedValues(of event: EventFields) -> [(name: String, value: String)] {
    carried.values(of: event)
  }

  /// Whether another organization's view of the rule is this one.
  func carries(_ names: [String], isExplained: Bool) -> Bool {
    self.isExplained == isExplained && carried.names == names
  }
}
