public import Core
public import ListCache
internal import NIOConcurrencyHelpers

/// Loads the first pages that an organization's people look at anew when a change has made them
/// unreachable, so that the next reader finds them there.
///
/// Only what was read within the last minutes is loaded, a few pages an organization, and an
/// organization at most once a second.
public final class CacheWarmer: Sendable {
  typealias Load = @Sendable () async throws -> LoadedBody

  private struct Page {
    let scope: CacheScope
    let query: String
    let lifetime: CacheLifetime
    let load: Load
    var readAt: ContinuousClock.Instant
  }

  private struct State {
    var pages: [OrganizationID: [Page]] = [:]
    var changed: Set<OrganizationID> = []
  }

  static let pagesOfOrganization = 8
  static let organizations = 2000
  private static let memory = Duration.seconds(300)

  private let cache: ListCache
  private let pause: Duration
  private let state = NIOLockedValueBox(State())
  private let wakes: AsyncStream<Void>
  private let wake: AsyncStream<Void>.Continuation

  /// - Parameter pause: between two loads of the same page.
  public init(cache: ListCache, pause: Duration = .seconds(1)) {
    self.cache = cache
    self.pause = pause
    (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// Remembers that a page is being read.
  func note(_ scope: CacheScope, query: String, lifetime: CacheLifetime, load: @escaping Load) {
    guard let organization = scope.organization else { return }
    let now = ContinuousClock.now
    state.withLockedValue { state in
      guard state.pages[organization] != nil || state.pages.count < Self.organizations else {
        return
      }
      let known = state.pages[organization]?.firstIndex {
        $0.query == query && $0.scope.list == scope.list
      }
      if let known {
        // With its scope, which for events is another one in another month.
        state.pages[organization]?[known] = Page(
          scope: scope, query: query, lifetime: lifetime, load: load, readAt: now)
        return
      }
      var pages = state.pages[organization] ?? []
      if pages.count >= Self.pagesOfOrganization {
        guard let oldest = pages.indices.min(by: { pages[$0].readAt < pages[$1].readAt }) else {
          return
        }
        pages.remove(at: oldest)
      }
      pages.append(Page(scope: scope, query: query, lifetime: lifetime, load: load, readAt: now))
      state.pages[organization] = pages
    }
  }

  /// Notes that what the organization has was changed. Never waits.
  public func changed(_ organization: OrganizationID) {
    let isNews = state.withLockedValue { state in
      state.pages[organization] != nil && state.changed.insert(organization).inserted
    }
    if isNews { wake.yield() }
  }

  /// How many pages are remembered.
  public var pageCount: Int {
    state.withLockedValue { $0.pages.values.reduce(0) { $0 + $1.count } }
  }

  /// Loads until it is cancelled.
  public func run() async {
    for await _ in wakes {
      for page in take() where !Task.isCancelled { await warm(page) }
      do { try await Task.sleep(for: pause) } catch { return }
    }
  }

  /// The pages of what changed, those that nobody reads any more taken out.
  private func take() -> [Page] {
    let now = ContinuousClock.now
    return state.withLockedValue { state in
      defer { state.changed = [] }
      var found: [Page] = []
      for organization in state.changed {
        let alive = (state.pages[organization] ?? []).filter { $0.readAt + Self.memory > now }
        state.pages[organization] = alive.isEmpty ? nil : alive
        found += alive
      }
      return found
    }
  }

  private func warm(_ page: Page) async {
    // Nobody waits for it, and the next reader meets the same error and is told.
    _ = try? await cache.read(page.scope, query: page.query, lifetime: page.lifetime) {
      try await CachedReads.recorded(page.load)
    }
  }
}
