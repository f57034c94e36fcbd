public import Backtest
public import Core
internal import Correlation
public import RuleStore
public import Rulebook
public import Tenancy

/// Rules for the routes: reads, changes that are judged before they are made, and what explains them.
public struct RuleDesk: Sendable {
  let store: RuleStore
  let rulebook: Rulebook
  let meter: RuleCostMeter
  let backtest: Backtest
  /// For analysts' reads.
  let tenants: TenantPool
  /// About how many bytes the state of each of an organization's correlations takes, by its id.
  let stateBytes: @Sendable (OrganizationID) async -> [String: Int]

  /// How often a change is judged anew when the rules change meanwhile.
  private static let attempts = 5

  public init(
    store: RuleStore, rulebook: Rulebook, meter: RuleCostMeter, backtest: Backtest,
    tenants: TenantPool, stateBytes: @escaping @Sendable (OrganizationID) async -> [String: Int]
  ) {
    self.store = store
    self.rulebook = rulebook
    self.meter = meter
    self.backtest = backtest
    self.tenants = tenants
    self.stateBytes = stateBytes
  }

  /// All rules of an organization as they are now.
  func listings(of organization: OrganizationID) async throws -> [RuleView] {
    let rules = try await rulebook.latest(organization)
    let costs = try await costs(organization)
    let bytes = await stateBytes(organization)
    return rules.listings.map { RuleView($0, costs, bytes) }
  }

  /// One of them; nil where there is none of that id.
  func view(_ id: String, of organization: OrganizationID) async throws -> RuleView? {
    let rules = try await rulebook.latest(organization)
    guard let listing = rules.listing(id) else { return nil }
    return RuleView(listing, try await costs(organization), await stateBytes(organization))
  }

  private func costs(_ organization: OrganizationID) async throws -> [String: RuleCost] {
    let costs = try await meter.costs(for: organization)
    return Dictionary(costs.map { ($0.ruleID, $0) }) { first, _ in first }
  }

  /// Makes a change that holds for the rules that it was judged by: should they change meanwhile, it is
  /// judged anew.
  ///
  /// - Parameter make: judges by the rules it is given, and changes the store based on their revision.
  func change<Value>(
    _ organization: OrganizationID, _ make: (CompiledRules) async throws -> Value
  ) async throws -> Value {
    var attempt = 1
    while true {
      do {
        return try await make(try await rulebook.latest(organization))
      } catch let error as RuleStoreError where error.code == .outdated {
        guard attempt < Self.attempts else { throw Problem.rulesAreBusy }
        attempt += 1
      } catch let error as RuleStoreError {
        throw Problem(error)
      }
    }
  }
}

/// A rule with all that is shown of it.
struct RuleView: Sendable {
  var record: RuleRecord
  var tags: [String]
  var refusal: String?
  /// Nil for what does not run, and for correlations and filters.
  var cost: RuleCost?
  /// Nil for all but correlations whose state this node holds.
  var stateBytes: Int?

  init(_ listing: RuleListing, _ costs: [String: RuleCost], _ bytes: [String: Int]) {
    record = listing.record
    tags = listing.tags
    refusal = listing.refusal
    cost = costs[listing.record.id]
    stateBytes = listing.record.kind == .correlation ? bytes[listing.record.id] : nil
  }
}
