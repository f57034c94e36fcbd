public import Core
public import Correlation
public import Sigma

public struct CorrelatorConfiguration: Sendable {
  /// Names this process among the correlators; another in each process, and in each start of one.
  public var owner: String
  /// Seconds until the shards of a correlator that no longer answers go to others.
  public var leaseSeconds: Int32
  /// How often it looks for work that no notification told of, and for windows that have closed.
  public var pollInterval: Duration
  /// How long it rests once it has caught up: while events stream in, one larger transaction then does
  /// the work of many small ones.
  public var rest: Duration
  /// It rests three times as long as it has worked, but no longer than this.
  public var longestRest: Duration
  /// Detections that one transaction takes, rounded up to whole commits.
  public var batchSize: Int64
  /// Detections that one question about the past may bring.
  public var historyLimit: Int64
  /// Up to so many detections an organization's whole past is kept in memory.
  public var wholeHistoryLimit: Int64
  /// Organizations that are kept in memory.
  public var organizations: Int
  /// Microseconds that a `not` waits for late events, beyond its window.
  public var lateness: Int64
  public var limits: CorrelationLimits

  public init(
    owner: String, leaseSeconds: Int32 = 10, pollInterval: Duration = .seconds(1),
    rest: Duration = .milliseconds(25), longestRest: Duration = .milliseconds(100),
    batchSize: Int64 = 5_000, historyLimit: Int64 = 200_000,
    wholeHistoryLimit: Int64 = 20_000,
    organizations: Int = 256, lateness: Int64 = 60_000_000,
    limits: CorrelationLimits = CorrelationLimits()
  ) {
    self.owner = owner
    self.leaseSeconds = leaseSeconds
    self.pollInterval = pollInterval
    self.rest = rest
    self.longestRest = longestRest
    self.batchSize = batchSize
    self.historyLimit = historyLimit
    self.wholeHistoryLimit = wholeHistoryLimit
    self.organizations = organizations
    self.lateness = lateness
    self.limits = limits
  }
}

/// The rules of one organization, planned.
public struct CorrelationRules: Sendable {
  public let plans: CorrelationPlanSet
  /// The effective revision, another for other rules: memory is then built anew from the table.
  public let revision: Int64

  public init(plans: CorrelationPlanSet, revision: Int64) {
    self.plans = plans
    self.revision = revision
  }

  /// - Parameter version: the version of the rule with that id.
  public init(_ ruleSet: RuleSet, revision: Int64, version: (String) -> Int32 = { _ in 1 }) {
    self.init(plans: CorrelationPlanSet(ruleSet, version: version), revision: revision)
  }
}

/// Gives an organization's rules as they were at a revision of the installation; their own revision is
/// the effective one. It is asked before each batch: keep the plans. Where it throws, the
/// organization's detections are set aside and tried again later.
public typealias CorrelationRulesProvider =
  @Sendable (OrganizationID, _ revision: Int64) async throws -> CorrelationRules
