public import Core
public import Postgres

/// Is told what the keeper does.
public protocol AnalyticsObserver: Sendable {
  func refreshed(_ pass: AnalyticsPass)
  func failed(_ error: any Error)
}

/// Keeps summaries up to date: one pass after the other while there is something to count, then one an
/// interval. Any number of nodes may run it; one of them works at a time.
public struct AnalyticsKeeper: Sendable {
  private let pool: PostgresPool
  private let refresh: AnalyticsRefresh
  private let interval: Duration
  private let observer: any AnalyticsObserver
  private let changed: @Sendable (Set<OrganizationID>) async -> Void

  /// - Parameters:
  ///   - pool: of the service's own role.
  ///   - changed: is told, behind each commit, whose summaries have changed.
  public init(
    pool: PostgresPool, refresh: AnalyticsRefresh, interval: Duration = .seconds(1),
    observer: any AnalyticsObserver,
    changed: @escaping @Sendable (Set<OrganizationID>) async -> Void
  ) {
    self.pool = pool
    self.refresh = refresh
    self.interval = interval
    self.observer = observer
    self.changed = changed
  }

  /// Runs until the task is cancelled; failures are told to the observer and outlived.
  public func run() async {
    var hasHalfLife = false
    while !Task.isCancelled {
      var hasMore = false
      do {
        if !hasHalfLife { hasHalfLife = try await adoptHalfLife() }
        hasMore = try await pass()
      } catch {
        if !Task.isCancelled { observer.failed(error) }
      }
      if hasMore { continue }
      do { try await Task.sleep(for: interval) } catch { return }
    }
  }

  private func pass() async throws -> Bool {
    let pass = try await pool.withConnection { connection in
      try refresh.pass(on: connection)
    }
    guard let pass else { return false }
    if !pass.organizations.isEmpty {
      await changed(pass.organizations)
      observer.refreshed(pass)
    }
    return pass.hasMore
  }

  /// Whether all risks have the half-life that is set.
  private func adoptHalfLife() async throws -> Bool {
    while !Task.isCancelled {
      let organizations = try await pool.withConnection { connection in
        try refresh.adoptHalfLife(on: connection)
      }
      guard let organizations else { return false }
      if organizations.isEmpty { return true }
      await changed(organizations)
    }
    return false
  }
}
