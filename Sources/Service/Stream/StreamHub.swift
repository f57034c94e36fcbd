internal import Access
public import Core
internal import NIOConcurrencyHelpers
internal import NIOCore
public import Outbox

/// All live streams of this node: hands each message to those who may see it.
public final class StreamHub: Sendable, OutboxReader {
  private struct Channel {
    /// Messages up to this one have been handed out.
    var position: Int64
    var subscribers: [ObjectIdentifier: StreamSubscriber] = [:]
  }

  private struct State {
    var channels: [OrganizationID: Channel] = [:]
    /// Seats taken, those of streams that are only being opened included.
    var seats: [OrganizationID: Int] = [:]
    var total = 0
    var isClosed = false
    /// Checks of credentials that are repeated, since what was announced may not have reached the
    /// node's memory of credentials yet.
    var checks: [(due: ContinuousClock.Instant, announcement: CredentialAnnouncement)] = []
    var health: ByteBuffer?
  }

  private let state = NIOLockedValueBox(State())
  public let limits: StreamLimits
  let monitor: StreamMonitor

  public init(limits: StreamLimits = StreamLimits(), monitor: StreamMonitor) {
    self.limits = limits
    self.monitor = monitor
  }

  // MARK: Streams

  /// A seat for a stream that is about to be opened.
  ///
  /// - Throws: the ``Problem`` 429 `too_many_streams` for one more than the organization may have, 503
  ///   `unavailable` where the node has no room or is being stopped.
  func reserve(_ organization: OrganizationID) throws(Problem) -> StreamSeat {
    let bound: String? = state.withLockedValue { state in
      if state.isClosed { return "closed" }
      if state.total >= limits.connections { return "node" }
      if state.seats[organization, default: 0] >= limits.connectionsPerOrganization {
        return "organization"
      }
      state.total += 1
      state.seats[organization, default: 0] += 1
      return nil
    }
    if let bound {
      monitor.refused(bound)
      throw bound == "organization"
        ? .tooManyStreams(limits.connectionsPerOrganization) : .noRoomForStreams
    }
    return StreamSeat { [self] in release(organization) }
  }

  private func release(_ organization: OrganizationID) {
    state.withLockedValue { state in
      state.total -= 1
      let left = (state.seats[organization] ?? 1) - 1
      state.seats[organization] = left > 0 ? left : nil
    }
  }

  /// Lets messages into the stream's mailbox from now on.
  ///
  /// - Parameter position: of the newest message that is committed, for an organization that nobody
  ///   has followed so far.
  /// - Returns: what follows this position comes into the mailbox; nil where the node is being stopped.
  func join(_ subscriber: StreamSubscriber, newest position: Int64) -> Int64? {
    let health: ByteBuffer?
    let joined: Int64?
    (joined, health) = state.withLockedValue { state in
      guard !state.isClosed else { return (nil, nil) }
      let organization = subscriber.organization
      state.channels[organization, default: Channel(position: position)]
        .subscribers[ObjectIdentifier(subscriber)] = subscriber
      return (state.channels[organization]?.position, state.health)
    }
    if let health, subscriber.topics.contains(.health) {
      subscriber.put { $0.show(health: health) }
    }
    return joined
  }

  func leave(_ subscriber: StreamSubscriber) {
    state.withLockedValue { state in
      let organization = subscriber.organization
      state.channels[organization]?.subscribers[ObjectIdentifier(subscriber)] = nil
      if state.channels[organization]?.subscribers.isEmpty == true {
        state.channels[organization] = nil
      }
    }
  }

  private func subscribers(
    of organization: OrganizationID? = nil, where isMeant: (StreamSubscriber) -> Bool
  ) -> [StreamSubscriber] {
    state.withLockedValue { state in
      if let organization {
        return state.channels[organization]?.subscribers.values.filter(isMeant) ?? []
      }
      return state.channels.values.flatMap { $0.subscribers.values.filter(isMeant) }
    }
  }

  // MARK: What comes in

  public func positions(
    of changed: Set<OrganizationID>?
  ) -> [(organization: OrganizationID, position: Int64)] {
    state.withLockedValue { state in
      guard let changed else { return state.channels.map { ($0.key, $0.value.position) } }
      return changed.compactMap { organization in
        state.channels[organization].map { (organization, $0.position) }
      }
    }
  }

  public func receive(_ messages: [OutboxMessage]) {
    for message in messages {
      let readers: [StreamSubscriber]? = state.withLockedValue { state in
        guard let channel = state.channels[message.organization],
          message.sequence > channel.position
        else { return nil }
        state.channels[message.organization]?.position = message.sequence
        return channel.subscribers.values.filter { $0.topics.contains(.incidents) }
      }
      guard let readers, !readers.isEmpty else { continue }
      let wire = StreamMessage(message)
      for reader in readers {
        if case .coalesced(let count) = reader.put({ $0.offer(wire) }) { monitor.coalesced(count) }
      }
    }
  }

  /// The channels that ``heard(_:on:)`` understands.
  public static let channels = [EventActivity.channel, CredentialAnnouncement.channel]

  public func heard(_ payload: String, on channel: String) {
    switch channel {
    case EventActivity.channel:
      for (organization, count) in EventActivity.read(payload) {
        for reader in subscribers(of: organization, where: { $0.topics.contains(.events) }) {
          reader.put { $0.countStored(count) }
        }
      }
    case CredentialAnnouncement.channel:
      let announcement = CredentialAnnouncement(payload)
      check(announcement)
      state.withLockedValue {
        let due = ContinuousClock.now + .milliseconds(1200)
        // Beyond so many at once everyone is looked at.
        if $0.checks.count >= 1000 {
          $0.checks = [(due, .everyone)]
        } else {
          $0.checks.append((due, announcement))
        }
      }
    default: break
    }
  }

  private func check(_ announcement: CredentialAnnouncement) {
    for reader in subscribers(where: announcement.concerns) { reader.put { $0.check() } }
  }

  // MARK: What time brings

  /// Sends heartbeats and repeats checks until it is cancelled; then every stream ends.
  ///
  /// - Parameter health: the state of the service, as JSON; asked while somebody wants to know.
  public func run(health: @Sendable () async -> [UInt8]) async {
    var ticks = 0
    while !Task.isCancelled {
      do { try await Task.sleep(for: .milliseconds(500)) } catch { break }
      ticks += 1
      tick(.now)
      if ticks % 10 == 0 { await show(health) }
    }
    close()
  }

  func tick(_ now: ContinuousClock.Instant) {
    for reader in subscribers(where: { _ in true }) where reader.tick(now, limits) {
      reader.put { $0.end(.overflow) }
    }
    let due = state.withLockedValue { state in
      let due = state.checks.filter { $0.due <= now }
      state.checks.removeAll { $0.due <= now }
      return due
    }
    for check in due { self.check(check.announcement) }
  }

  private func show(_ health: @Sendable () async -> [UInt8]) async {
    let isWanted: (StreamSubscriber) -> Bool = { $0.topics.contains(.health) }
    guard !subscribers(where: isWanted).isEmpty else {
      return state.withLockedValue { $0.health = nil }
    }
    let text = StreamText.event("health", data: await health())
    let isNew = state.withLockedValue { state in
      defer { state.health = text }
      return state.health != text
    }
    guard isNew else { return }
    for reader in subscribers(where: isWanted) { reader.put { $0.show(health: text) } }
  }

  /// Ends every stream, and opens no more.
  func close() {
    let all = state.withLockedValue { state in
      state.isClosed = true
      return state.channels.values.flatMap { $0.subscribers.values }
    }
    for reader in all { reader.put { $0.end(.unavailable) } }
  }
}

/// Room for one stream, given back when nothing holds it any more.
final class StreamSeat: Sendable {
  private let release: @Sendable () -> Void

  init(_ release: @escaping @Sendable () -> Void) {
    self.release = release
  }

  deinit { release() }
}

extension Problem {
  static func tooManyStreams(_ limit: Int) -> Problem {
    Problem(
      slug: "too_many_streams", title: "Too many streams", status: 429,
      detail: "the organization has \(limit) live streams on this node, which is the most",
      retryAfterSeconds: 10)
  }

  static var noRoomForStreams: Problem {
    Problem(
      slug: "unavailable", title: "Not available now", status: 503,
      detail: "this node takes no more live streams", retryAfterSeconds: 5)
  }
}
