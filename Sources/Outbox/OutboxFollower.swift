public import Core
public import Postgres

/// Reads the outbox once for all on this node that follow it.
///
/// The announcement in each writing transaction wakes it; a slow poll makes good what was announced
/// while nobody listened. One statement reads what is new of all organizations that are followed.
public final class OutboxFollower: Sendable {
  private let pool: PostgresPool
  private let listening: PostgresConfiguration
  private let reader: any OutboxReader
  private let otherChannels: [String]
  private let pollInterval: Duration
  private let failed: @Sendable (any Error) -> Void
  private let wakes = OutboxWakes()

  /// Messages of one organization that one statement reads.
  private static let batch: Int32 = 500

  /// - Parameters:
  ///   - otherChannels: are listened to on the same connection, for the reader.
  ///   - failed: is told of failures of the database, which are outlived.
  public init(
    pool: PostgresPool, listening: PostgresConfiguration, reader: any OutboxReader,
    otherChannels: [String] = [], pollInterval: Duration = .seconds(2),
    failed: @escaping @Sendable (any Error) -> Void = { _ in }
  ) {
    self.pool = pool
    self.listening = listening
    self.reader = reader
    self.otherChannels = otherChannels
    self.pollInterval = pollInterval
    self.failed = failed
  }

  /// Has the organization looked at now, since it is followed from now on.
  public func look(at organization: OrganizationID) {
    wakes.changed(organization)
  }

  /// Reads until the task is cancelled.
  public func run() async {
    await withDiscardingTaskGroup { group in
      group.addTask { await self.listen() }
      group.addTask { await self.poll() }
      for await _ in self.wakes.stream {
        if Task.isCancelled { break }
        await self.read(self.wakes.take())
      }
      group.cancelAll()
    }
  }

  private func listen() async {
    let listener = PostgresListener(
      configuration: listening, channels: [OutboxStore.channel] + otherChannels)
    for await notification in listener.notifications() {
      switch notification {
      case .connected, .reconnected: wakes.all()
      case .notification(OutboxStore.channel, let payload):
        if let number = Int32(payload.prefix { $0 != " " }) {
          wakes.changed(OrganizationID(number))
        }
      case .notification(let channel, let payload): reader.heard(payload, on: channel)
      }
    }
  }

  private func poll() async {
    while !Task.isCancelled {
      do { try await Task.sleep(for: pollInterval) } catch { return }
      wakes.all()
    }
  }

  /// Hands over what is new, until there is nothing more.
  private func read(_ changed: Set<OrganizationID>?) async {
    var changed = changed
    while !Task.isCancelled {
      let positions = reader.positions(of: changed)
      guard !positions.isEmpty else { return }
      do {
        let messages = try await pool.withConnection { connection in
          try OutboxStore.news(of: positions, limit: Self.batch, on: connection)
        }
        reader.receive(messages)
        let full = Dictionary(grouping: messages, by: \.organization)
          .filter { $0.value.count == Int(Self.batch) }
        guard !full.isEmpty else { return }
        changed = Set(full.keys)
      } catch {
        // The poll tries again.
        if !Task.isCancelled { failed(error) }
        return
      }
    }
  }
}
