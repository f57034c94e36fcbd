public import Core

/// The installation's rules at one revision.
public struct BaseRules: Hashable, Sendable {
  /// The revision that last changed them; 0 before the first.
  public var revision: Int64
  public var rules: [RuleRecord]

  public init(revision: Int64, rules: [RuleRecord]) {
    self.revision = revision
    self.rules = rules
  }
}

/// What one organization adds to the installation's rules, at one revision.
public struct OrganizationRules: Hashable, Sendable {
  public var organization: OrganizationID
  /// The revision that last changed them; 0 before the first.
  public var revision: Int64
  /// Its own rules, disabled ones too. One with the id of a base rule stands in its place.
  public var rules: [RuleRecord]
  /// Base rules that it does not run as they come.
  public var baseModes: [String: RuleMode]
  /// Those that had not been ended at the revision; they may have expired.
  public var exceptions: [RuleException]

  public init(
    organization: OrganizationID, revision: Int64, rules: [RuleRecord] = [],
    baseModes: [String: RuleMode] = [:], exceptions: [RuleException] = []
  ) {
    self.organization = organization
    self.revision = revision
    self.rules = rules
    self.baseModes = baseModes
    self.exceptions = exceptions
  }
}

/// The rules in force for an organization at one revision.
public struct RuleSnapshot: Hashable, Sendable {
  public var base: BaseRules
  public var own: OrganizationRules

  public init(base: BaseRules, own: OrganizationRules) {
    self.base = base
    self.own = own
  }

  /// What a batch that is staged under these rules is marked with.
  public var revision: Int64 { max(base.revision, own.revision) }
}
