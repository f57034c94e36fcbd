/// The commands of one client between call and answer: a state machine without I/O.
///
/// Commands are answered in the order in which they were sent. Those in front have been sent and wait
/// for their answers, those behind wait to be sent. While there is no connection, nothing waits.
struct CommandPipeline<Waiter: Sendable>: Sendable {
  typealias Failure = (waiter: Waiter, error: RedisError)

  enum Link: Equatable {
    case down(RedisError)
    /// Counts the connections of this client from 1.
    case up(generation: UInt64)
    case closed
  }

  enum Admission {
    /// - Parameter wake: whether the connection's thread sleeps and has to be woken.
    case accepted(number: Int, wake: Bool)
    case refused(RedisError)
  }

  private struct Entry {
    /// Nil once its task has been cancelled.
    var waiter: Waiter?
    var bytes: [UInt8]
    let size: Int
    /// Replies that are still to come.
    var expected: Int
    var replies: [RedisValue] = []
    let deadline: Int64

    /// Nothing is sent for it any more and no reply is expected.
    mutating func withdraw() {
      bytes = []
      expected = 0
    }
  }

  private(set) var link: Link
  private(set) var generation: UInt64 = 0
  private var entries = FIFO<Entry>()
  /// The number of the first entry that has not been sent.
  private var firstUnsent = 0
  /// The number of the first entry whose time has not been found past.
  private var firstUnexpired = 0
  private var pendingBytes = 0
  private var threadSleeps = false
  private let maxCommands: Int
  private let maxBytes: Int

  init(maxCommands: Int, maxBytes: Int) {
    self.maxCommands = maxCommands
    self.maxBytes = maxBytes
    link = .down(RedisError(.unavailable, "the first connection has not been made yet"))
  }

  var pendingCommands: Int { entries.count }

  /// - Parameter onlyOn: the connection that the command is meant for; another one refuses it.
  mutating func admit(
    _ waiter: Waiter, bytes: [UInt8], replies: Int, deadline: Int64, onlyOn: UInt64?
  ) -> Admission {
    switch link {
    case .down(let error): return .refused(error)
    case .closed: return .refused(RedisError(.closed, "the client was shut down"))
    case .up(let generation):
      if let onlyOn, onlyOn != generation {
        return .refused(RedisError(.unavailable, "the connection has been replaced"))
      }
    }
    guard entries.count < maxCommands, pendingBytes + bytes.count <= maxBytes else {
      return .refused(RedisError(.queueFull, "\(entries.count) commands wait already"))
    }
    let number = entries.endNumber
    pendingBytes += bytes.count
    entries.append(
      Entry(
        waiter: waiter, bytes: bytes, size: bytes.count, expected: replies, deadline: deadline))
    defer { threadSleeps = false }
    return .accepted(number: number, wake: threadSleeps)
  }

  /// Takes the waiter of a cancelled task. A command that was not sent yet never will be.
  mutating func cancel(_ number: Int) -> Waiter? {
    let isUnsent = number >= firstUnsent
    let waiter = entries.update(number) { entry in
      defer { entry.waiter = nil }
      if isUnsent { entry.withdraw() }
      return entry.waiter
    }
    return waiter ?? nil
  }

  /// Gives what to send next, in one buffer of about `limit` bytes, and notes whether the thread goes
  /// to sleep: it does where nothing is left to send.
  mutating func takeOutput(limit: Int) -> [UInt8] {
    var output: [UInt8] = []
    while firstUnsent < entries.endNumber, output.count < limit {
      let bytes = entries.update(firstUnsent) { entry in
        defer { entry.bytes = [] }
        return entry.bytes
      }
      if let bytes, output.isEmpty { output = bytes } else { output += bytes ?? [] }
      firstUnsent += 1
    }
    dropWithdrawn()
    threadSleeps = !hasUnsent
    return output
  }

  var hasUnsent: Bool { firstUnsent < entries.endNumber }

  /// Takes a reply of the server.
  ///
  /// - Returns: The waiter whose last reply it was, with all of them.
  /// - Throws: `.unexpectedReply` if nobody waits for one.
  mutating func receive(
    _ reply: RedisValue
  ) throws(RedisError) -> (waiter: Waiter, replies: [RedisValue])? {
    dropWithdrawn()
    let number = entries.firstNumber
    guard number < firstUnsent else {
      throw RedisError(.unexpectedReply, "the server answered a question that nobody asked")
    }
    let isComplete = entries.update(number) { entry in
      entry.expected -= 1
      if entry.waiter != nil { entry.replies.append(reply) }
      return entry.expected == 0
    }
    guard isComplete == true, let entry = pop() else { return nil }
    dropWithdrawn()
    return entry.waiter.map { ($0, entry.replies) }
  }

  /// Takes the waiters whose time has come. Their commands' answers will be thrown away.
  mutating func expire(now: Int64) -> [Failure] {
    var failures: [Failure] = []
    firstUnexpired = max(firstUnexpired, entries.firstNumber)
    while let entry = entries[firstUnexpired], entry.deadline <= now {
      if let waiter = cancel(firstUnexpired) { failures.append((waiter, Self.timeout)) }
      firstUnexpired += 1
    }
    return failures
  }

  /// When the next waiter's time ends; nil if none waits.
  var nextDeadline: Int64? { entries[max(firstUnexpired, entries.firstNumber)]?.deadline }

  /// Whether the server owes an answer that is past its time.
  var answerIsOverdue: Bool {
    entries.firstNumber < min(firstUnexpired, firstUnsent)
  }

  mutating func connected() -> UInt64 {
    precondition(entries.isEmpty)
    guard link != .closed else { return generation }
    generation += 1
    link = .up(generation: generation)
    return generation
  }

  /// Ends the connection and everything that waits on it. Commands past their time at `now` get
  /// `.timeout`, others that were sent `.connectionLost`, and the rest `.unavailable`.
  mutating func disconnected(_ error: RedisError, now: Int64) -> [Failure] {
    if link != .closed {
      link = .down(RedisError(.unavailable, error.message, serverCode: error.serverCode))
    }
    return failAll { number, entry, sent in
      if sent, entry.deadline <= now { return Self.timeout }
      return RedisError(sent ? .connectionLost : .unavailable, error.message)
    }
  }

  mutating func close() -> [Failure] {
    link = .closed
    return failAll { _, _, _ in RedisError(.closed, "the client was shut down") }
  }

  private mutating func failAll(
    _ error: (Int, Entry, _ sent: Bool) -> RedisError
  ) -> [Failure] {
    var failures: [Failure] = []
    while true {
      let number = entries.firstNumber
      guard let entry = pop() else { break }
      if let waiter = entry.waiter {
        failures.append((waiter, error(number, entry, number < firstUnsent)))
      }
    }
    firstUnsent = entries.endNumber
    return failures
  }

  @discardableResult
  private mutating func pop() -> Entry? {
    guard let entry = entries.popFirst() else { return nil }
    pendingBytes -= entry.size
    return entry
  }

  /// Removes commands in front that were withdrawn before they were sent.
  private mutating func dropWithdrawn() {
    while entries.firstNumber < firstUnsent, let entry = entries[entries.firstNumber],
      entry.expected == 0
    {
      pop()
    }
  }

  private static var timeout: RedisError {
    RedisError(.timeout, "no answer came within the time limit")
  }
}
