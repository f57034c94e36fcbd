public import Core
public import Correlation
public import RuleStore
public import Sigma

/// The rules in force for an organization at one revision, ready to run. Cheap to copy.
public struct CompiledRules: Sendable {
  public let organization: OrganizationID
  /// The effective revision: the larger of the organization's own and the installation's.
  public let revision: Int64
  public let detector: Detector
  public let plans: CorrelationPlanSet
  /// What doesn't run, and why: documents, correlations that lost a rule, filters, exceptions. Its
  /// `file` is the id of the record, or `exception` and its number.
  public let refusals: [RuleRefusal]
  let base: CompiledBase
  let set: CompiledSet
  let ownRevision: Int64

  init(_ own: OrganizationRules, base: CompiledBase, set: CompiledSet) {
    let (exceptions, refused) = ExceptionSet.compile(own.exceptions, feeds: set.feeds)
    organization = own.organization
    revision = max(own.revision, base.revision)
    ownRevision = own.revision
    detector =
      exceptions.map { Detector(layers: set.layers, exceptions: $0) } ?? set.detector
    plans = set.plans
    refusals = set.refusals + refused
    self.base = base
    self.set = set
  }

  /// The version of a rule, correlation or filter that is in force, in the organization's mode.
  public func record(_ ruleID: String) -> RuleRecord? {
    set.view.record(ruleID)
  }
}
