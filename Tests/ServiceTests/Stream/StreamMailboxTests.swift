import NIOCore
import Testing

@testable import Service

/// What waits for a reader is bounded, in order, and never older than what it replaced.
@Suite struct StreamMailboxTests {
  func message(_ sequence: Int64, _ key: String) -> StreamMessage {
    StreamMessage(sequence: sequence, key: key, bytes: ByteBuffer(string: "\(sequence)"))
  }

  @Test func messagesComeOutInTheirOrder() {
    var mailbox = StreamMailbox(capacity: 3)
    #expect(mailbox.take() == nil)
    for sequence in 1...3 as ClosedRange<Int64> {
      #expect(mailbox.offer(message(sequence, "a")) == .kept)
    }
    #expect(mailbox.take()?.messages.map(\.sequence) == [1, 2, 3])
    #expect(mailbox.take() == nil)
  }

  @Test func aFullOneKeepsTheNewestOfEachIncident() {
    var mailbox = StreamMailbox(capacity: 4)
    for (sequence, key) in [(1, "a"), (2, "b"), (3, "a"), (4, "c")] {
      #expect(mailbox.offer(message(Int64(sequence), key)) == .kept)
    }
    // 1 is older than 3, and 2 is older than what comes.
    #expect(mailbox.offer(message(5, "b")) == .coalesced(2))
    #expect(mailbox.pending.messages.map(\.sequence) == [3, 4, 5])
  }

  @Test func whatCannotBeCoalescedOverflowsAndEnds() {
    var mailbox = StreamMailbox(capacity: 2)
    #expect(mailbox.offer(message(1, "a")) == .kept)
    #expect(mailbox.offer(message(2, "b")) == .kept)
    #expect(mailbox.offer(message(3, "c")) == .overflowed)
    #expect(mailbox.offer(message(4, "a")) == .kept)
    let delivery = mailbox.take()
    #expect(delivery?.messages.isEmpty == true)
    #expect(delivery?.end == .overflow)
    #expect(mailbox.take()?.end == .overflow)
  }

  @Test func countsAddUpAndOnlyTheNewestHealthIsKept() {
    var mailbox = StreamMailbox(capacity: 1)
    mailbox.countStored(3)
    mailbox.countStored(4)
    mailbox.show(health: ByteBuffer(string: "old"))
    mailbox.show(health: ByteBuffer(string: "new"))
    let delivery = mailbox.take()
    #expect(delivery?.stored == 7)
    #expect(delivery?.health == ByteBuffer(string: "new"))
    #expect(mailbox.take() == nil)
  }

  @Test func theFirstReasonToEndStays() {
    var mailbox = StreamMailbox(capacity: 1)
    mailbox.end(.credential)
    mailbox.end(.unavailable)
    #expect(mailbox.take()?.end == .credential)
  }

  @Test(arguments: 0..<50 as Range<UInt64>)
  func whateverComesTheNewestOfEachIncidentIsThere(seed: UInt64) {
    var random = SplitMix(state: seed)
    var mailbox = StreamMailbox(capacity: Int.random(in: 1...8, using: &random))
    var newest: [String: Int64] = [:]
    var got: [StreamMessage] = []
    for sequence in 1...200 as ClosedRange<Int64> {
      let key = ["a", "b", "c", "d", "e"].randomElement(using: &random) ?? ""
      newest[key] = sequence
      if mailbox.offer(message(sequence, key)) == .overflowed {
        // Whoever comes back reads what he lacks.
        mailbox = StreamMailbox(capacity: 8)
        got = []
        newest = [:]
      }
      #expect(mailbox.pending.messages.count <= 8)
      if Int.random(in: 0..<5, using: &random) == 0 { got += mailbox.take()?.messages ?? [] }
    }
    got += mailbox.take()?.messages ?? []
    #expect(got.map(\.sequence) == got.map(\.sequence).sorted())
    for (key, sequence) in newest {
      #expect(got.last { $0.key == key }?.sequence == sequence)
    }
  }
}

private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
