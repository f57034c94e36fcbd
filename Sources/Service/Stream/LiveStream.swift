internal import Access
internal import Core
internal import Hummingbird
internal import NIOCore
internal import Outbox

/// One client's stream, from its first byte to its last.
///
/// Messages of incidents are numbered without gaps for each organization, so the stream knows by their
/// numbers what it has told: what lies between the client's position and the first message of the
/// mailbox is read from the outbox, and nothing is told twice.
struct LiveStream: Sendable {
  /// What became of a look at the credential.
  enum Check: Sendable {
    case refused
    /// It is good until then; nil has no end.
    case good(until: Timestamp?)
    /// The database could not be asked.
    case unknown
  }

  let desk: StreamDesk
  /// Held for as long as the stream may run.
  let seat: StreamSeat
  let subscriber: StreamSubscriber
  let extent: OutboxExtent
  /// Up to where the client has been told before; nil begins now.
  let resume: Int64?
  let check: @Sendable () async -> Check

  /// For so long a credential is taken as good while it can't be looked at.
  private static let trust: Duration = .seconds(60)

  @concurrent func run(_ writer: inout any ResponseBodyWriter) async throws {
    let monitor = desk.hub.monitor
    monitor.opened()
    var reason = StreamMailbox.End.gone
    defer { monitor.closed(reason.rawValue) }
    guard let joined = desk.hub.join(subscriber, newest: extent.last) else {
      reason = .unavailable
      return try await finish(.unavailable, at: resume ?? extent.last, &writer)
    }
    defer { desk.hub.leave(subscriber) }
    desk.follower.look(at: subscriber.organization)
    var position = try await greet(&writer)
    if subscriber.topics.contains(.incidents) {
      do {
        position = try await catchUp(from: position, to: joined, &writer)
      } catch let error where Problem.describing(error)?.status == 503 && !Task.isCancelled {
        reason = .unavailable
        return try await finish(.unavailable, at: position, &writer)
      }
    }
    reason = try await follow(from: position, &writer)
  }

  /// The first events; returns the position that the stream goes on behind.
  @concurrent private func greet(_ writer: inout any ResponseBodyWriter) async throws -> Int64 {
    var text = StreamText.retry()
    let topics = StreamTopic.allCases.filter(subscriber.topics.contains).map(\.rawValue)
    guard subscriber.topics.contains(.incidents) else {
      // With an id, so that a browser that comes back says that it was here.
      var ready = StreamText.event("ready", id: extent.last) { json in
        json.member("position", nil as String?)
        json.member("topics", topics)
      }
      text.writeBuffer(&ready)
      text.writeImmutableBuffer(missedEvents)
      try await writer.write(text)
      return extent.last
    }
    var position = resume ?? extent.last
    if !extent.covers(position) {
      position = extent.last
      desk.hub.monitor.reset()
      var reset = Self.reset(to: position)
      text.writeBuffer(&reset)
    }
    var ready = StreamText.event("ready", id: position) { json in
      json.member("position", String(position))
      json.member("topics", topics)
    }
    text.writeBuffer(&ready)
    text.writeImmutableBuffer(missedEvents)
    try await writer.write(text)
    return position
  }

  /// To a client that was away: events may have been stored meanwhile, nobody knows how many.
  private var missedEvents: ByteBuffer {
    guard resume != nil, subscriber.topics.contains(.events) else { return ByteBuffer() }
    return StreamText.event("events.changed") { $0.member("stored", nil as String?) }
  }

  /// Tells a client that messages are gone that it was not told, and that it must load its lists anew.
  private static func reset(to position: Int64) -> ByteBuffer {
    StreamText.event("reset", id: position) { json in
      json.member("reason", "position_not_kept")
      json.member("position", String(position))
    }
  }

  /// Tells what the outbox has up to `end`.
  @concurrent private func catchUp(
    from start: Int64, to end: Int64, _ writer: inout any ResponseBodyWriter
  ) async throws -> Int64 {
    var position = start
    while position < end {
      let page = try await desk.page(of: subscriber.organization, after: position)
      guard let last = page.last, page.first?.sequence == position + 1,
        last.sequence == position + Int64(page.count)
      else {
        // It was removed under our hands.
        desk.hub.monitor.reset()
        try await writer.write(Self.reset(to: end))
        return end
      }
      var text = ByteBuffer()
      for message in page { text.writeImmutableBuffer(StreamMessage(message).bytes) }
      try await writer.write(text)
      desk.hub.monitor.wrote(page.count)
      subscriber.progressed()
      position = last.sequence
    }
    return position
  }

  /// Hands on what comes into the mailbox, until it ends.
  @concurrent private func follow(
    from start: Int64, _ writer: inout any ResponseBodyWriter
  ) async throws -> StreamMailbox.End {
    var position = start
    var lastProof = ContinuousClock.now
    while true {
      let delivery = await subscriber.next()
      if Task.isCancelled || delivery.end == .gone { throw CancellationError() }
      if delivery.isCheckDue {
        switch await check() {
        case .good(let end):
          lastProof = .now
          subscriber.expires(at: end)
        case .refused:
          try await finish(.credential, at: position, &writer)
          return .credential
        case .unknown:
          guard ContinuousClock.now - lastProof > Self.trust else { break }
          try await finish(.unavailable, at: position, &writer)
          return .unavailable
        }
      }
      try await write(delivery, behind: &position, &writer)
      if let end = delivery.end {
        try await finish(end, at: position, &writer)
        return end
      }
    }
  }

  @concurrent private func write(
    _ delivery: StreamMailbox.Delivery, behind position: inout Int64,
    _ writer: inout any ResponseBodyWriter
  ) async throws {
    var text = ByteBuffer()
    var count = 0
    for message in delivery.messages where message.sequence > position {
      text.writeImmutableBuffer(message.bytes)
      position = message.sequence
      count += 1
    }
    if delivery.stored > 0 {
      text.writeImmutableBuffer(
        StreamText.event("events.changed") { $0.member("stored", delivery.stored) })
    }
    if let health = delivery.health { text.writeImmutableBuffer(health) }
    if text.readableBytes == 0, delivery.isHeartbeatDue { text = StreamText.heartbeat }
    guard text.readableBytes > 0 else { return }
    try await writer.write(text)
    desk.hub.monitor.wrote(count)
  }

  /// The last event. It repeats the position, so that a client that comes back goes on behind it.
  @concurrent private func finish(
    _ reason: StreamMailbox.End, at position: Int64, _ writer: inout any ResponseBodyWriter
  ) async throws {
    let hasPosition = subscriber.topics.contains(.incidents)
    try await writer.write(
      StreamText.event(
        reason == .overflow ? "overflow" : "end", id: hasPosition ? position : nil
      ) { json in
        json.member("reason", reason.rawValue)
        json.member("position", hasPosition ? String(position) : nil)
      })
    try await writer.finish(nil)
  }
}
