internal import Core
public import ListCache
public import Postgres

/// Keeps the cache true to the database: every committed change of an incident is announced on
/// `harrier_outbox` in its own transaction, and every node that hears of it makes the organization's
/// cached incidents unreachable. So a change whose node died behind the commit is told all the same.
public struct CacheInvalidation: Sendable {
  private let cache: ListCache
  private let listening: PostgresConfiguration
  private let warmer: CacheWarmer?

  public init(cache: ListCache, listening: PostgresConfiguration, warmer: CacheWarmer? = nil) {
    self.cache = cache
    self.listening = listening
    self.warmer = warmer
  }

  /// Listens and catches up until it is cancelled.
  public func run() async {
    await withDiscardingTaskGroup { group in
      group.addTask { await self.listen() }
      group.addTask { await self.catchUp() }
      if let warmer { group.addTask { await warmer.run() } }
    }
  }

  private func listen() async {
    let listener = PostgresListener(configuration: listening, channels: ["harrier_outbox"])
    for await notification in listener.notifications() {
      switch notification {
      case .notification(_, let payload):
        guard let number = Int32(payload) else { continue }
        await invalidate(.incidents(of: OrganizationID(number)))
        warmer?.changed(OrganizationID(number))
      case .connected, .reconnected:
        // Announcements are not kept for those who were away.
        await invalidate(.all)
      }
    }
  }

  /// After a lost connection to Redis nobody knows which invalidations arrived: everything cached is
  /// made unreachable, and then the cache is used again.
  private func catchUp() async {
    while !Task.isCancelled {
      if let ticket = cache.pendingCatchUp {
        do throws(ListCacheError) {
          try await cache.invalidate(.all)
          try await cache.markCaughtUp(ticket)
        } catch {
          // Still away; the cache stays unused.
        }
      }
      do { try await Task.sleep(for: .milliseconds(200)) } catch { return }
    }
  }

  private func invalidate(_ pattern: CachePattern) async {
    // A failure makes the cache unused on this node until `catchUp`.
    do throws(ListCacheError) { try await cache.invalidate(pattern) } catch {}
  }
}
