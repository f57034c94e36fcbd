internal import NIOConcurrencyHelpers

/// The thread behind the events of one subscription.
final class RedisListener: Sendable {
  typealias Event = RedisSubscription.Event

  private let configuration: RedisConfiguration
  private let commands: [RedisCommand]
  private let expected: Int
  private let continuation: AsyncStream<Event>.Continuation
  private let wake = WakeDescriptor()
  private let hasEnded = NIOLockedValueBox(false)

  /// After so long without a word the server is asked for one.
  private static let idleLimit: Int64 = 15_000_000_000
  /// How soon a reader that was full is told that it missed something.
  private static let missedRetry: Int64 = 100_000_000

  init(
    _ configuration: RedisConfiguration, commands: [RedisCommand], expected: Int,
    _ continuation: AsyncStream<Event>.Continuation
  ) {
    self.configuration = configuration
    self.commands = commands
    self.expected = expected
    self.continuation = continuation
  }

  func end() {
    hasEnded.withLockedValue { $0 = true }
    wake.signal()
  }

  private var isEnded: Bool { hasEnded.withLockedValue { $0 } }

  func runThread() {
    var delay = ReconnectDelay(configuration)
    var random = SystemRandomNumberGenerator()
    while !isEnded {
      var wasSubscribed = false
      do throws(RedisError) {
        let link = try RedisLink.open(configuration, wake: wake)
        try listen(link, &wasSubscribed)
      } catch {
        // The reader is told by `.lost`; the reason is the server's, and the next attempt has its own.
        if wasSubscribed {
          delay.reset()
          send(.lost)
        }
      }
      let next = monotonicNanoseconds() + delay.take(using: &random)
      while !isEnded, monotonicNanoseconds() < next { _ = wake.wait(socket: nil, until: next) }
    }
    continuation.finish()
  }

  private func listen(_ link: RedisLink, _ wasSubscribed: inout Bool) throws(RedisError) {
    for command in commands { try link.append(command.encoded) }
    let opened = monotonicNanoseconds()
    var lastRead = opened
    var confirmed = 0
    var hasAsked = false
    var hasMissed = false
    while !isEnded {
      if link.hasOutput { try link.write() }
      if hasMissed { hasMissed = !send(.missed) }
      let patience =
        hasAsked || confirmed < expected
        ? configuration.connectTimeout.nanoseconds : Self.idleLimit
      var deadline = lastRead + patience
      if hasMissed { deadline = min(deadline, monotonicNanoseconds() + Self.missedRetry) }
      let ready = wake.wait(socket: link.descriptor, forWriting: link.hasOutput, until: deadline)
      let now = monotonicNanoseconds()
      guard ready.socketIsReadable else {
        guard now >= lastRead + patience else { continue }
        if hasAsked || confirmed < expected {
          throw RedisError(.timeout, "the server does not answer")
        }
        try link.append(RedisCommand(anyName: "PING", []).encoded)
        hasAsked = true
        lastRead = now
        continue
      }
      try link.read()
      lastRead = now
      hasAsked = false
      while let reply = try link.nextReply() {
        switch try Self.meaning(of: reply) {
        case .confirmation:
          confirmed += 1
          guard confirmed == expected else { break }
          wasSubscribed = true
          if !send(.subscribed) { hasMissed = true }
        case .message(let channel, let payload):
          if hasMissed || !send(.message(channel: channel, payload: payload)) { hasMissed = true }
        case .other: break
        }
      }
    }
  }

  /// Whether the reader had room for it.
  @discardableResult
  private func send(_ event: Event) -> Bool {
    if case .dropped = continuation.yield(event) { return false }
    return true
  }

  private enum Meaning {
    case confirmation, message(String, [UInt8]), other
  }

  private static func meaning(of reply: RedisValue) throws(RedisError) -> Meaning {
    if case .error(let error) = reply { throw error }
    guard let parts = reply.array, let kind = parts.first?.text else { return .other }
    switch kind {
    case "subscribe", "psubscribe": return .confirmation
    case "message" where parts.count == 3:
      return .message(parts[1].text ?? "", parts[2].bytes ?? [])
    case "pmessage" where parts.count == 4:
      return .message(parts[2].text ?? "", parts[3].bytes ?? [])
    default: return .other
    }
  }
}
