internal import Core
internal import RuleStore

/// What a rulebook knows, without I/O.
struct RulebookState: Sendable {
  struct StateKey: Hashable, Sendable {
    let organization: OrganizationID
    let revision: Int64
  }

  /// The newest rules known of each organization.
  private(set) var current: RecentlyUsed<OrganizationID, CompiledRules>
  private var states: RecentlyUsed<StateKey, CompiledRules>
  private var bases: RecentlyUsed<Int64, CompiledBase>

  init(_ limits: RulebookLimits) {
    current = RecentlyUsed(capacity: limits.organizations)
    states = RecentlyUsed(capacity: limits.states)
    bases = RecentlyUsed(capacity: limits.bases)
  }

  mutating func current(_ organization: OrganizationID) -> CompiledRules? {
    current.value(for: organization)
  }

  /// - Returns: whether they are other rules than those before.
  mutating func setCurrent(_ rules: CompiledRules) -> Bool {
    let known = current.peek(rules.organization)
    if let known, known.revision >= rules.revision { return false }
    current.insert(rules, for: rules.organization)
    return known != nil
  }

  mutating func rules(_ organization: OrganizationID, at revision: Int64) -> CompiledRules? {
    states.value(for: StateKey(organization: organization, revision: revision))
  }

  /// Those made of the same two revisions.
  mutating func rules(
    _ organization: OrganizationID, own: Int64, base: Int64
  ) -> CompiledRules? {
    let key = StateKey(organization: organization, revision: max(own, base))
    guard let found = states.value(for: key), found.ownRevision == own,
      found.base.revision == base
    else { return nil }
    return found
  }

  /// Under their own revision alone: a larger one may yet become that of other rules.
  mutating func keep(_ rules: CompiledRules) {
    let key = StateKey(organization: rules.organization, revision: rules.revision)
    states.insert(rules, for: key)
  }

  mutating func base(_ revision: Int64) -> CompiledBase? { bases.value(for: revision) }

  /// With a base that makes room go the states made of it, which would keep it in memory.
  mutating func keep(_ base: CompiledBase) {
    guard let removed = bases.insert(base, for: base.revision) else { return }
    states.removeAll { _, rules in rules.base === removed }
  }
}
