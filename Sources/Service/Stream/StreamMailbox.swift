internal import NIOCore

/// What waits for one reader of a stream: bounded, whatever the reader does.
///
/// When it is full, of each incident's messages all but the newest are dropped, in place; when that
/// makes no room, the stream ends and the reader goes on from the outbox.
struct StreamMailbox {
  /// Why a stream ends; the last event tells it.
  enum End: String, Sendable {
    /// The reader was too slow.
    case overflow
    /// The credential is no longer good for it.
    case credential
    /// The node is being stopped, or the database is away: try again, here or elsewhere.
    case unavailable
    /// The client has gone.
    case gone
  }

  /// All that there is for the reader at one moment.
  struct Delivery: Sendable {
    var messages: [StreamMessage] = []
    /// Events that were stored.
    var stored = 0
    /// The newest state of the service.
    var health: ByteBuffer?
    var isHeartbeatDue = false
    /// The credential is to be looked at again.
    var isCheckDue = false
    var end: End?

    var isEmpty: Bool {
      messages.isEmpty && stored == 0 && health == nil && !isHeartbeatDue && !isCheckDue
        && end == nil
    }
  }

  enum Offer: Equatable {
    case kept
    /// So many older messages were dropped.
    case coalesced(Int)
    case overflowed
  }

  private let capacity: Int
  private(set) var pending = Delivery()

  init(capacity: Int) {
    precondition(capacity > 0)
    self.capacity = capacity
  }

  mutating func offer(_ message: StreamMessage) -> Offer {
    guard pending.end == nil else { return .kept }
    var dropped = 0
    if pending.messages.count >= capacity {
      dropped = coalesce(with: message)
      guard pending.messages.count < capacity else {
        // What is not sent is read from the outbox by whoever goes on behind the last one sent.
        pending.messages = []
        pending.end = .overflow
        return .overflowed
      }
    }
    pending.messages.append(message)
    return dropped > 0 ? .coalesced(dropped) : .kept
  }

  /// Drops messages whose incident has a newer one, `next` included; returns how many.
  private mutating func coalesce(with next: StreamMessage) -> Int {
    var seen: Set<String> = [next.key]
    let before = pending.messages.count
    pending.messages = pending.messages.reversed().filter { seen.insert($0.key).inserted }
      .reversed()
    return before - pending.messages.count
  }

  mutating func countStored(_ events: Int) {
    guard pending.end == nil else { return }
    pending.stored += events
  }

  mutating func show(health: ByteBuffer) {
    guard pending.end == nil else { return }
    pending.health = health
  }

  mutating func beat() {
    pending.isHeartbeatDue = true
    pending.isCheckDue = true
  }

  mutating func check() {
    pending.isCheckDue = true
  }

  mutating func end(_ reason: End) {
    if pending.end == nil { pending.end = reason }
  }

  /// Takes all that there is; nil where there is nothing.
  mutating func take() -> Delivery? {
    guard !pending.isEmpty else { return nil }
    let taken = pending
    pending = Delivery()
    // It stays ended.
    pending.end = taken.end
    return taken
  }
}
