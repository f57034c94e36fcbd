internal import Core
public import Outbound
internal import Outbox
public import Postgres
internal import WebhookStore

/// Turns the outbox into deliveries, and sends them. Any number of nodes share the work.
///
/// A delivery is claimed by a lease in the table, sent, and its outcome written; whoever dies in between
/// leaves a lease that expires, and another sends it again under the same id. Webhooks whose last
/// attempt failed have half of the transfers for themselves and can take no more, so that dead targets
/// delay each other only; and of what waits, the organization with the fewest transfers under way is
/// next, so that one with slow targets delays itself.
public struct WebhookDispatcher: Sendable {
  public struct Configuration: Sendable {
    /// Transfers at a time to webhooks that work, and as many to those that don't.
    public var lane = 4
    /// Transfers at a time to one webhook.
    public var perTarget: Int32 = 2
    /// Longer than a transfer may take.
    public var leaseSeconds: Int32 = 30
    /// For so long a delivery is tried.
    public var patienceSeconds: Int32 = 86_400
    /// Finished deliveries are kept for so long.
    public var retentionDays: Int64 = 7
    public var pollInterval: Duration = .seconds(1)
    public var retry = WebhookRetry()

    public init() {}
  }

  let configuration: Configuration
  let pool: PostgresPool
  private let listening: PostgresConfiguration
  let client: OutboundClient
  let vault: WebhookVault
  let observer: any WebhookObserver

  /// - Parameters:
  ///   - pool: reaches the tables of all organizations.
  ///   - client: has threads for both lanes.
  public init(
    _ configuration: Configuration, pool: PostgresPool, listening: PostgresConfiguration,
    client: OutboundClient, vault: WebhookVault, observer: any WebhookObserver
  ) {
    precondition(client.limits.threads >= 2 * configuration.lane, "each lane needs its threads")
    self.configuration = configuration
    self.pool = pool
    self.listening = listening
    self.client = client
    self.vault = vault
    self.observer = observer
  }

  /// Works until the task is cancelled.
  public func run() async {
    await withDiscardingTaskGroup { group in
      let signals = [Wake(), Wake(), Wake()]
      group.addTask { await self.listen { for signal in signals { signal.wake() } } }
      group.addTask { await self.poll { for signal in signals { signal.wake() } } }
      group.addTask {
        await signals[0].forEach {
          if await self.expand() { for signal in signals[1...] { signal.wake() } }
        }
      }
      group.addTask { await self.send(failing: false, signals[1]) }
      group.addTask { await self.send(failing: true, signals[2]) }
      group.addTask { await self.tidy() }
    }
  }

  private func listen(_ wake: @escaping @Sendable () -> Void) async {
    let listener = PostgresListener(
      configuration: listening, channels: [OutboxStore.channel, WebhookQueue.channel])
    for await _ in listener.notifications() { wake() }
  }

  private func poll(_ wake: @escaping @Sendable () -> Void) async {
    while !Task.isCancelled {
      wake()
      do { try await Task.sleep(for: configuration.pollInterval) } catch { return }
    }
  }

  /// Makes deliveries until the outbox has nothing new; whether there was any.
  private func expand() async -> Bool {
    var any = false
    while !Task.isCancelled {
      do {
        let made = try await pool.withConnection { [configuration] connection in
          try WebhookQueue.expand(
            limit: 500, for: configuration.patienceSeconds, on: connection)
        }
        guard made.messages > 0 else { return any }
        observer.made(Int(made.deliveries))
        if made.deliveries > 0 { any = true }
      } catch {
        if !Task.isCancelled { observer.failed(error) }
        return any
      }
    }
    return any
  }

  /// Removes what was finished long ago, and measures what waits.
  private func tidy() async {
    var rounds = 0
    while !Task.isCancelled {
      do {
        if rounds % 240 == 0 { try await trim() }
        let backlog = try await pool.withConnection { try WebhookQueue.backlog(on: $0) }
        observer.backlog(Int(backlog.count), oldestSeconds: backlog.oldestSeconds)
      } catch {
        if !Task.isCancelled { observer.failed(error) }
      }
      rounds += 1
      do { try await Task.sleep(for: .seconds(15)) } catch { return }
    }
  }

  private func trim() async throws {
    let before = Timestamp.now.advanced(
      byMicroseconds: -configuration.retentionDays * Timestamp.microsecondsPerDay)
    while try await pool.withConnection({
      try WebhookQueue.trim(before: before, limit: 1000, on: $0)
    }) == 1000 {}
  }
}
