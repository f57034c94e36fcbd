public import Core
internal import NIOConcurrencyHelpers
public import Postgres
public import RuleStore

/// The compiled rules of all organizations, by revision.
///
/// The installation's rules are compiled once a revision and shared; an organization's own are compiled
/// beside them. What is known stays in force while the database can't be reached: the commit of events
/// says which revision they must be staged under, and `rules(of:at:)` gives exactly that.
public final class Rulebook: Sendable {
  let source: any RuleSource
  let limits: RulebookLimits
  let listening: PostgresConfiguration?
  let observer: any RulebookObserver
  let state: NIOLockedValueBox<RulebookState>
  private let states = Flights<RulebookState.StateKey, CompiledRules>()
  private let bases = Flights<Int64, CompiledBase>()

  /// - Parameters:
  ///   - listening: how to reach the server for `LISTEN`; without it there is only the slow poll.
  public convenience init(
    store: RuleStore, listening: PostgresConfiguration? = nil,
    limits: RulebookLimits = RulebookLimits(),
    observer: any RulebookObserver = SilentRulebookObserver()
  ) {
    self.init(
      source: StoredRules(store: store), listening: listening, limits: limits, observer: observer)
  }

  init(
    source: any RuleSource, listening: PostgresConfiguration? = nil,
    limits: RulebookLimits = RulebookLimits(),
    observer: any RulebookObserver = SilentRulebookObserver()
  ) {
    self.source = source
    self.limits = limits
    self.listening = listening
    self.observer = observer
    state = NIOLockedValueBox(RulebookState(limits))
  }

  /// Microseconds of event time that end a plain rule's incident.
  public var gap: Int64 { limits.gap }

  /// The newest rules of an organization that this node knows; fast unless it is the first question.
  ///
  /// - Throws: the store's error, where nothing is known yet.
  public func current(_ organization: OrganizationID) async throws -> CompiledRules {
    if let known = state.withLockedValue({ $0.current(organization) }) { return known }
    return try await refresh(organization)
  }

  /// The rules of an organization as of a revision: what has changed for it up to that one.
  ///
  /// - Throws: the store's error, also for a revision whose rules are no longer kept.
  public func rules(
    of organization: OrganizationID, at revision: Int64
  ) async throws -> CompiledRules {
    if let known = state.withLockedValue({ $0.rules(organization, at: revision) }) { return known }
    let key = RulebookState.StateKey(organization: organization, revision: revision)
    return try await states.value(for: key) { [self] in
      let own = try await source.own(organization, at: revision)
      let base = try await base(at: revision)
      let rules = state.withLockedValue {
        $0.rules(organization, own: own.revision, base: base.revision)
      }
      let made = rules ?? base.compile(own)
      state.withLockedValue { $0.keep(made) }
      return made
    }
  }

  private func base(at revision: Int64) async throws -> CompiledBase {
    let changed = try await source.baseRevision(at: revision)
    if let known = state.withLockedValue({ $0.base(changed) }) { return known }
    return try await bases.value(for: changed) { [self] in
      let base = CompiledBase(try await source.base(at: changed), gap: gap)
      state.withLockedValue { $0.keep(base) }
      return base
    }
  }

  /// Looks which revision is in force now, and makes it the current one.
  func refresh(_ organization: OrganizationID) async throws -> CompiledRules {
    let revision = try await source.revisions(of: [organization])[organization] ?? 0
    return try await adopt(organization, revision)
  }

  func adopt(_ organization: OrganizationID, _ revision: Int64) async throws -> CompiledRules {
    let rules = try await rules(of: organization, at: revision)
    let (isChange, current) = state.withLockedValue { state in
      (state.setCurrent(rules), state.current(organization) ?? rules)
    }
    if isChange { observer.changed(rules) }
    return current
  }
}
