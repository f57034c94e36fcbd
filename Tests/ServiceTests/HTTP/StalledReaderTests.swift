import Hummingbird
import NIOConcurrencyHelpers
import NIOCore
import Testing

@testable import Service

@Suite struct StalledReaderTests {
  /// A client that takes each piece only when it is let.
  private struct Client: ResponseBodyWriter {
    let pieces = NIOLockedValueBox<[Int]>([])
    let take: @Sendable () async throws -> Void

    mutating func write(_ buffer: ByteBuffer) async throws {
      try await take()
      pieces.withLockedValue { $0.append(buffer.readableBytes) }
    }

    consuming func finish(_ trailers: HTTPFields?) async throws {}
  }

  @Test func aClientThatTakesNothingIsBrokenOff() async throws {
    let (aborts, abort) = AsyncStream.makeStream(of: Void.self)
    let reader = StalledReader(patience: .milliseconds(50)) { abort.yield() }
    let client = Client {
      // What a closed connection does to what is being written.
      for await _ in aborts { throw CancellationError() }
    }
    var writer: any ResponseBodyWriter = client
    await #expect(throws: CancellationError.self) {
      try await reader.write(ByteBuffer(repeating: 0, count: 10), to: &writer)
    }
  }

  /// Each piece is waited for anew, and what is sought in between not at all.
  @Test func onlyWhatIsOfferedIsWaitedFor() async throws {
    let reader = StalledReader(patience: .seconds(3600)) {}
    func isStalled(after wait: Duration) -> Bool { reader.isStalled(at: .now + wait) }
    let stalls = NIOLockedValueBox<[Bool]>([])
    let client = Client {
      let found = [reader.isStalled(at: .now), reader.isStalled(at: .now + .seconds(3601))]
      stalls.withLockedValue { $0 += found }
    }
    var writer: any ResponseBodyWriter = client
    #expect(!isStalled(after: .seconds(9999)))
    let bytes = 2 * StalledReader.pieceBytes + 1
    try await reader.write(ByteBuffer(repeating: 0, count: bytes), to: &writer)
    #expect(stalls.withLockedValue { $0 } == [false, true, false, true, false, true])
    #expect(client.pieces.withLockedValue { $0.reduce(0, +) } == bytes)
    #expect(!isStalled(after: .seconds(9999)))
  }
}
