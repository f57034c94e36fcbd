internal import Core
public import ListCache
internal import Outbox
public import Postgres
internal import RuleStore

/// Keeps the cache true to the database: every committed change of an incident is announced on
/// `harrier_outbox` in its own transaction, and every node that hears of it makes the organization's
/// cached incidents unreachable. So a change whose node died behind the commit is told all the same.
/// What other nodes would invalidate and cannot, as they do not reach Redis, they announce as well.
public struct CacheInvalidation: Sendable {
  private let cache: ListCache
  private let listening: PostgresConfiguration
  private let warmer: CacheWarmer?
  /// What goes on all the time: growth of incidents and events of other nodes, while events stream in, and
  /// what others than our own routes change of an ``AnswerGroup``.
  private let growth: PacedInvalidator

  public init(cache: ListCache, listening: PostgresConfiguration, warmer: CacheWarmer? = nil) {
    self.cache = cache
    self.listening = listening
    self.warmer = warmer
    growth = PacedInvalidator(cache: cache)
  }

  /// Listens and catches up until it is cancelled.
  public func run() async {
    await withDiscardingTaskGroup { group in
      group.addTask { await self.listen() }
      group.addTask { await self.catchUp() }
      group.addTask { await growth.run() }
      if let warmer { group.addTask { await warmer.run() } }
    }
  }

  private func listen() async {
    let listener = PostgresListener(
      configuration: listening,
      channels: [
        "harrier_outbox", EventActivity.channel, RuleStore.channel, AnswerGroup.channel,
        CacheAnnouncement.channel,
      ])
    for await notification in listener.notifications() {
      switch notification {
      case .notification(EventActivity.channel, let payload):
        for (organization, _) in EventActivity.read(payload) { warmer?.changed(organization) }
      case .notification(CacheAnnouncement.channel, let payload):
        for pattern in CacheAnnouncement.read(payload) { growth.note(pattern) }
      case .notification(RuleStore.channel, let payload):
        // The organization; none is the installation, and so all of them.
        let organization = Int32(payload).map { OrganizationID($0) }
        await invalidate(
          organization.map { .analytics(of: $0) } ?? .analytics,
          organization.map { AnswerGroup.rules.pattern(of: $0) } ?? AnswerGroup.rules.pattern)
      case .notification(AnswerGroup.channel, let payload):
        growth.note(AnswerGroup.read(payload))
      case .notification(_, let payload):
        // The organization, and `grown` where an incident only took in further events.
        let words = payload.split(separator: " ")
        guard let organization = words.first.flatMap({ Int32($0) }).map({ OrganizationID($0) })
        else {
          continue
        }
        if words.count > 1 {
          growth.note(.incidents(of: organization))
        } else {
          await invalidate(.incidents(of: organization))
        }
        warmer?.changed(organization)
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

  private func invalidate(_ patterns: CachePattern...) async {
    // A failure makes the cache unused on this node until `catchUp`.
    do throws(ListCacheError) { try await cache.invalidate(patterns) } catch {}
  }
}
