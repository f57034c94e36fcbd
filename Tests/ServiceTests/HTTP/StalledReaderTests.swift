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

  @Test func whatIsSoughtBetweenWritesAndSlowPiecesAreNoStall() async throws {
    let aborts = NIOLockedValueBox(0)
    let reader = StalledReader(patience: .milliseconds(400)) { aborts.withLockedValue { $0 += 1 } }
    let client = Client { try await Task.sleep(for: .milliseconds(100)) }
    var writer: any ResponseBodyWriter = client
    try await Task.sleep(for: .milliseconds(900))
    let bytes = 10 * StalledReader.pieceBytes + 1
    try await reader.write(ByteBuffer(repeating: 0, count: bytes), to: &writer)
    #expect(client.pieces.withLockedValue { $0.count } == 11)
    #expect(client.pieces.withLockedValue { $0.reduce(0, +) } == bytes)
    #expect(aborts.withLockedValue { $0 } == 0)
  }
}
