internal import NIOConcurrencyHelpers

extension RedisEngine {
  /// Bytes that are given to the socket at once; what is behind waits in the pipeline.
  private static let outputLimit = 256 << 10

  /// The life of the connection's thread.
  func runThread() {
    var delay = ReconnectDelay(configuration)
    var random = SystemRandomNumberGenerator()
    while !isClosed {
      do throws(RedisError) {
        let link = try RedisLink.open(configuration, wake: wake)
        let start = monotonicNanoseconds()
        state.withLockedValue { state in
          _ = state.pipeline.connected()
          state.tellObservers()
        }
        defer {
          // A server that takes connections only to drop them is not tried again at once.
          if monotonicNanoseconds() - start > 1_000_000_000 { delay.reset() }
        }
        try serve(link)
      } catch {
        let failures = state.withLockedValue { state in
          let wasUp = state.redisState != .disconnected
          defer { if wasUp { state.tellObservers() } }
          return state.pipeline.disconnected(error, now: monotonicNanoseconds())
        }
        fail(failures)
      }
      let next = monotonicNanoseconds() + delay.take(using: &random)
      while !isClosed, monotonicNanoseconds() < next {
        _ = wake.wait(socket: nil, until: next)
      }
    }
    threadDidEnd()
  }

  private var isClosed: Bool {
    state.withLockedValue { $0.pipeline.link == .closed }
  }

  /// Sends and receives until the connection fails (throws) or the client is closed (returns).
  private func serve(_ link: RedisLink) throws(RedisError) {
    let timeLimit = configuration.commandTimeout.nanoseconds
    var lastRead = monotonicNanoseconds()
    var finished: [(Waiter, [RedisValue])] = []
    while true {
      if !link.hasOutput {
        let output = state.withLockedValue { $0.pipeline.takeOutput(limit: Self.outputLimit) }
        if !output.isEmpty { try link.append(output) }
      }
      if link.hasOutput { try link.write() }

      let now = monotonicNanoseconds()
      let (expired, plan) = state.withLockedValue { state in
        (state.pipeline.expire(now: now), Plan(state.pipeline))
      }
      fail(expired)
      if plan.isClosed { return }
      var deadline = plan.deadline
      if plan.answerIsOverdue {
        // A server that still sends is only slow; one that is silent is given up.
        let patience = lastRead + timeLimit
        guard now < patience else { throw RedisError(.timeout, "the server does not answer") }
        deadline = min(deadline ?? patience, patience)
      }
      if plan.hasUnsent, !link.hasOutput { deadline = now }
      let ready = wake.wait(
        socket: link.descriptor, forWriting: link.hasOutput, until: deadline)
      if ready.socketIsReadable {
        try link.read()
        lastRead = monotonicNanoseconds()
        try receive(link, &finished)
      }
    }
  }

  private struct Plan {
    let deadline: Int64?
    let answerIsOverdue: Bool
    let hasUnsent: Bool
    let isClosed: Bool

    init(_ pipeline: CommandPipeline<Waiter>) {
      deadline = pipeline.nextDeadline
      answerIsOverdue = pipeline.answerIsOverdue
      hasUnsent = pipeline.hasUnsent
      isClosed = pipeline.link == .closed
    }
  }

  /// Hands out all replies that have come, under one lock.
  private func receive(
    _ link: RedisLink, _ finished: inout [(Waiter, [RedisValue])]
  ) throws(RedisError) {
    var replies: [RedisValue] = []
    while let reply = try link.nextReply() { replies.append(reply) }
    guard !replies.isEmpty else { return }
    let outcome: Result<Void, RedisError> = state.withLockedValue { state in
      do throws(RedisError) {
        for reply in replies {
          if let answer = try state.pipeline.receive(reply) { finished.append(answer) }
        }
        return .success(())
      } catch {
        return .failure(error)
      }
    }
    for (waiter, replies) in finished { waiter.resume(returning: .success(replies)) }
    finished.removeAll(keepingCapacity: true)
    try outcome.get()
  }
}
