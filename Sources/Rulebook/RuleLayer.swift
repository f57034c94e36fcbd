internal import Normalization
internal import Sigma

/// Rules compiled together. The installation's are one layer, which all organizations share; an
/// organization's own are another.
final class RuleLayer: Sendable {
  let matcher: Matcher

  init(_ rules: [Rule]) {
    matcher = Matcher(rules: rules, aliases: FieldAliases.table)
  }
}

/// A layer as one organization runs it.
struct DetectorLayer: Sendable {
  let layer: RuleLayer
  /// By their index in the layer, hidden ones too.
  let rules: [DetectionRule]
  let mask: RuleMask
}
