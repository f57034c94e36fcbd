internal import Core
internal import Correlation
internal import RuleStore
internal import Sigma

/// The installation's rules at one revision, compiled once for all organizations.
final class CompiledBase: Sendable {
  let revision: Int64
  let parsed: ParsedRules
  let narrowed: FilterRun
  let layer: RuleLayer
  /// As an organization sees them that changes nothing.
  let standard: CompiledSet
  /// Microseconds between a plain rule's incidents.
  private let gap: Int64

  init(_ base: BaseRules, gap: Int64 = CorrelationPlanSet.defaultGap) {
    self.gap = gap
    revision = base.revision
    let parsed = ParsedRules(base.rules)
    var narrowed = FilterRun(parsed.rules)
    for filter in parsed.filters {
      guard let record = parsed.records[filter.identity], record.mode == .enabled else { continue }
      narrowed.apply(filter, record)
    }
    let layer = RuleLayer(narrowed.rules)
    let plain = narrowed.rules.map {
      DetectionRule(
        $0, version: parsed.records[$0.id]?.version ?? 1, carried: [], isExplained: true)
    }
    let effective = EffectiveRules(
      base: parsed, narrowed: narrowed, own: ParsedRules([]), baseModes: [:])
    standard = CompiledSet(effective, baseLayer: layer, baseRules: plain, gap: gap)
    self.parsed = parsed
    self.narrowed = narrowed
    self.layer = layer
  }

  /// The rules of an organization, which may be the standard ones.
  func compile(_ own: OrganizationRules) -> CompiledRules {
    let set: CompiledSet
    if own.rules.isEmpty && own.baseModes.isEmpty {
      set = standard
    } else {
      set = CompiledSet(
        effective(own), baseLayer: layer, baseRules: standard.layers[0].rules,
        basePlans: standard.plans, gap: gap)
    }
    return CompiledRules(own, base: self, set: set)
  }

  func effective(_ own: OrganizationRules) -> EffectiveRules {
    EffectiveRules(
      base: parsed, narrowed: narrowed, own: ParsedRules(own.rules), baseModes: own.baseModes)
  }
}
