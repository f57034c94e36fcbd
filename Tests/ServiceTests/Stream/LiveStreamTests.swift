import HTTPTypes
import Hummingbird
import NIOConcurrencyHelpers
import NIOCore
import Testing

@testable import Service

/// A stream from its first byte to its last, with a reader that may stand still.
@Suite(.timeLimit(.minutes(10))) struct LiveStreamTests {
  @Test func aReaderThatIsTooSlowIsEndedAndMissesNothing() async throws {
    let lab = try await StreamLab(buffer: 4)
    try await lab.run {
      let wire = Wire()
      async let end: Void = lab.stream(wire)
      try await wire.wait { $0.contains("event: ready") }
      wire.stop()
      for number in 1...20 { try await lab.open("\(number)") }
      try await lab.waitUntilRead(20)
      wire.go()
      try await end
      #expect(wire.text.contains("event: overflow\ndata: {\"reason\":\"overflow\""))
      let told = wire.positions
      #expect(told.count < 20)
      // He comes back behind the last event that he has seen.
      let again = Wire()
      let last = told.last ?? 0
      async let rest: Void = lab.stream(again, resume: last)
      try await again.wait { $0.contains("id: 20\n") }
      lab.hub.close()
      try await rest
      #expect(told + again.positions == Array(1...20))
    }
  }

  @Test func ofOneIncidentASlowReaderGetsTheNewest() async throws {
    let lab = try await StreamLab(buffer: 4)
    try await lab.run {
      let wire = Wire()
      async let end: Void = lab.stream(wire)
      try await wire.wait { $0.contains("event: ready") }
      wire.stop()
      let incident = try await lab.open("1")
      for _ in 0..<20 { try await lab.tell(incident, "updated") }
      try await lab.waitUntilRead(21)
      wire.go()
      try await wire.wait { $0.contains("id: 21\n") }
      lab.hub.close()
      try await end
      #expect(wire.positions == wire.positions.sorted())
      #expect(wire.positions.count < 21)
      #expect(wire.positions.last == 21)
    }
  }

  @Test func whatIsNoLongerKeptIsSaid() async throws {
    let lab = try await StreamLab()
    for number in 1...5 { try await lab.open("\(number)") }
    try await lab.execute("delete from outbox where sequence <= 3")
    try await lab.run {
      for (resume, isKept) in [(1, false), (3, true), (5, true), (9, false)] {
        let wire = Wire()
        async let end: Void = lab.stream(wire, resume: Int64(resume))
        try await wire.wait { $0.contains("event: ready") && $0.contains("id: 5\n") }
        wire.leave()
        try? await end
        #expect(wire.text.contains("event: reset") == !isKept, "from \(resume)")
        #expect(wire.positions == (resume == 3 ? [4, 5] : []), "from \(resume)")
      }
    }
  }

  @Test func aRevokedKeyEndsItsStream() async throws {
    let lab = try await StreamLab()
    try await lab.run {
      let wire = Wire()
      let isGood = NIOLockedValueBox(true)
      async let end: Void = lab.stream(wire) {
        isGood.withLockedValue { $0 } ? .good(until: nil) : .refused
      }
      try await wire.wait { $0.contains("event: ready") }
      lab.hub.heard("key \(StreamLab.key)", on: "harrier_access")
      try await lab.open("1")
      try await wire.wait { $0.contains("id: 1\n") }
      isGood.withLockedValue { $0 = false }
      lab.hub.heard("key \(StreamLab.key)", on: "harrier_access")
      try await end
      #expect(wire.text.hasSuffix("data: {\"reason\":\"credential\",\"position\":\"1\"}\n\n"))
    }
  }
}

/// Where a stream is written to.
final class Wire: Sendable {
  private struct State {
    var text = ""
    var isStopped = false
    var isGone = false
  }

  struct Gone: Error {}

  private let state = NIOLockedValueBox(State())

  var text: String { state.withLockedValue { $0.text } }

  /// The reader reads nothing until ``go()``.
  func stop() { state.withLockedValue { $0.isStopped = true } }
  func go() { state.withLockedValue { $0.isStopped = false } }
  /// The reader is gone.
  func leave() { state.withLockedValue { $0.isGone = true } }

  var isGone: Bool { state.withLockedValue { $0.isGone } }

  /// The numbers of the messages, in the order in which they came.
  var positions: [Int64] {
    text.split(separator: "\n\n").filter { $0.contains("event: incident.") }.compactMap { event in
      event.split(separator: "\n").first { $0.hasPrefix("id: ") }.flatMap { Int64($0.dropFirst(4)) }
    }
  }

  func append(_ buffer: ByteBuffer) async throws {
    while state.withLockedValue({ $0.isStopped }) { try await Task.sleep(for: .milliseconds(2)) }
    state.withLockedValue { $0.text += String(buffer: buffer) }
  }

  func wait(_ condition: (String) -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(20)
    while !condition(text), ContinuousClock.now < deadline {
      try await Task.sleep(for: .milliseconds(2))
    }
    #expect(condition(text))
  }

  struct Writer: ResponseBodyWriter, Sendable {
    let wire: Wire

    @concurrent mutating func write(_ buffer: ByteBuffer) async throws {
      try await wire.append(buffer)
    }

    @concurrent consuming func finish(_ trailers: HTTPFields?) async throws {}
  }
}
