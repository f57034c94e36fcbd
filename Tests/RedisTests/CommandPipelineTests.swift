import Testing

@testable import Redis

@Suite struct CommandPipelineTests {
  private func up(maxCommands: Int = 100, maxBytes: Int = 1000) -> CommandPipeline<Int> {
    var pipeline = CommandPipeline<Int>(maxCommands: maxCommands, maxBytes: maxBytes)
    _ = pipeline.connected()
    return pipeline
  }

  @discardableResult
  private func admit(
    _ pipeline: inout CommandPipeline<Int>, _ waiter: Int, bytes: [UInt8] = [1], replies: Int = 1,
    deadline: Int64 = 1000, onlyOn: UInt64? = nil
  ) -> (number: Int, wake: Bool)? {
    let admission = pipeline.admit(
      waiter, bytes: bytes, replies: replies, deadline: deadline, onlyOn: onlyOn)
    if case .accepted(let number, let wake) = admission { return (number, wake) }
    return nil
  }

  @Test func nothingIsTakenWithoutAConnection() {
    var pipeline = CommandPipeline<Int>(maxCommands: 1, maxBytes: 1)
    #expect(admit(&pipeline, 1) == nil)
    #expect(pipeline.connected() == 1)
    #expect(admit(&pipeline, 1, onlyOn: 2) == nil)
    #expect(admit(&pipeline, 1, onlyOn: 1) != nil)
    _ = pipeline.close()
    #expect(admit(&pipeline, 1) == nil)
    #expect(pipeline.link == .closed)
  }

  @Test func onlyASleepingThreadIsWoken() {
    var pipeline = up()
    #expect(admit(&pipeline, 1)?.wake == false)
    #expect(pipeline.takeOutput(limit: 100) == [1])
    #expect(admit(&pipeline, 2)?.wake == true)
    #expect(admit(&pipeline, 3)?.wake == false)
    // What does not fit in one buffer is sent without sleep.
    #expect(pipeline.takeOutput(limit: 1) == [1])
    #expect(pipeline.hasUnsent)
    #expect(admit(&pipeline, 4)?.wake == false)
  }

  @Test func repliesGoToTheirCallers() throws {
    var pipeline = up()
    admit(&pipeline, 1)
    admit(&pipeline, 2, replies: 2)
    admit(&pipeline, 3)
    _ = pipeline.takeOutput(limit: 100)
    #expect(try pipeline.receive(.integer(1))?.waiter == 1)
    #expect(try pipeline.receive(.integer(2)) == nil)
    let second = try pipeline.receive(.integer(3))
    #expect(second?.waiter == 2 && second?.replies == [.integer(2), .integer(3)])
    #expect(try pipeline.receive(.null)?.waiter == 3)
    #expect(throws: RedisError.self) { try pipeline.receive(.null) }
  }

  @Test func aReplyBeforeItsCommandIsRefused() {
    var pipeline = up()
    admit(&pipeline, 1)
    #expect(throws: RedisError.self) { try pipeline.receive(.null) }
  }

  @Test func whatIsCancelledInTimeIsNeverSent() throws {
    var pipeline = up()
    let sent = try #require(admit(&pipeline, 1))
    _ = pipeline.takeOutput(limit: 100)
    let unsent = try #require(admit(&pipeline, 2, bytes: [2]))
    admit(&pipeline, 3, bytes: [3])
    #expect(pipeline.cancel(sent.number) == 1)
    #expect(pipeline.cancel(sent.number) == nil)
    #expect(pipeline.cancel(unsent.number) == 2)
    #expect(pipeline.takeOutput(limit: 100) == [3])
    #expect(try pipeline.receive(.integer(1)) == nil)
    #expect(try pipeline.receive(.integer(3))?.waiter == 3)
    #expect(pipeline.cancel(unsent.number) == nil)
    #expect(pipeline.pendingCommands == 0)
  }

  @Test func timeEndsForTheOldestFirst() throws {
    var pipeline = up()
    admit(&pipeline, 1, deadline: 10)
    admit(&pipeline, 2, deadline: 20)
    _ = pipeline.takeOutput(limit: 100)
    #expect(pipeline.nextDeadline == 10)
    #expect(pipeline.expire(now: 9).isEmpty && !pipeline.answerIsOverdue)
    let expired = pipeline.expire(now: 10)
    #expect(expired.map(\.waiter) == [1] && expired[0].error.code == .timeout)
    #expect(pipeline.answerIsOverdue && pipeline.nextDeadline == 20)
    // The late answer is thrown away, and the next one is the next caller's.
    #expect(try pipeline.receive(.integer(1)) == nil)
    #expect(!pipeline.answerIsOverdue)
    #expect(try pipeline.receive(.integer(2))?.waiter == 2)
    #expect(pipeline.nextDeadline == nil)
  }

  @Test func aLostConnectionSaysWhatWasSent() {
    var pipeline = up()
    admit(&pipeline, 1, deadline: 5)
    admit(&pipeline, 2)
    _ = pipeline.takeOutput(limit: 100)
    admit(&pipeline, 3)
    let failures = pipeline.disconnected(RedisError(.connectionLost, "gone"), now: 5)
    #expect(failures.map(\.waiter) == [1, 2, 3])
    #expect(failures.map(\.error.code) == [.timeout, .connectionLost, .unavailable])
    #expect(pipeline.link == .down(RedisError(.unavailable, "gone")))
    #expect(pipeline.connected() == 2)
    #expect(admit(&pipeline, 4) != nil)
    #expect(pipeline.takeOutput(limit: 10) == [1])
  }

  /// Any order of events keeps what a caller relies on: every waiter is answered exactly once, and
  /// with its own reply.
  @Test func everyWaiterIsAnsweredOnce() throws {
    let seed = UInt64.random(in: .min ... .max)
    print("property command pipeline: seed \(seed)")
    var random = SplitMix(state: seed)
    for _ in 0..<200 {
      var pipeline = CommandPipeline<Int>(maxCommands: 20, maxBytes: 200)
      var server: [UInt8] = []
      var waiting: [Int: (number: Int, byte: UInt8)] = [:]
      var now: Int64 = 0
      var next = 0
      func answered(_ waiter: Int) { #expect(waiting.removeValue(forKey: waiter) != nil) }
      for _ in 0..<300 {
        now += 1
        switch Int.random(in: 0..<10, using: &random) {
        case 0: if case .down = pipeline.link { _ = pipeline.connected() }
        case 1...3:
          next += 1
          let byte = UInt8.random(in: 0...255, using: &random)
          if let ticket = admit(&pipeline, next, bytes: [byte], deadline: now + 40) {
            waiting[next] = (ticket.number, byte)
          }
        case 4, 5: server += pipeline.takeOutput(limit: .random(in: 1...8, using: &random))
        case 6, 7:
          guard !server.isEmpty else { break }
          let byte = server.removeFirst()
          if let answer = try pipeline.receive(.integer(Int64(byte))) {
            #expect(answer.replies == [.integer(Int64(waiting[answer.waiter]?.byte ?? 0))])
            answered(answer.waiter)
          }
        case 8:
          if let (waiter, ticket) = waiting.randomElement(using: &random) {
            #expect(pipeline.cancel(ticket.number) == waiter)
            answered(waiter)
          }
        default:
          for failure in pipeline.expire(now: now) { answered(failure.waiter) }
          guard Int.random(in: 0..<10, using: &random) == 0 else { break }
          for failure in pipeline.disconnected(RedisError(.unavailable, "x"), now: now) {
            answered(failure.waiter)
          }
          server = []
        }
      }
      for failure in pipeline.close() { answered(failure.waiter) }
      #expect(waiting.isEmpty)
    }
  }

  private struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var value = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
      value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
      return value ^ (value >> 31)
    }
  }
}
