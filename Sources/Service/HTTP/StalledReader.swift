internal import Hummingbird
internal import NIOConcurrencyHelpers
internal import NIOCore

/// Writes to a client, and breaks its connection off where it takes nothing for a while: what the answer
/// holds would else be held for as long as the client's kernel keeps the connection. The time that we
/// take to find what to write next does not count.
final class StalledReader: Sendable {
  /// What a client of 1 KB a second takes within the patience.
  static let pieceBytes = 64 << 10

  /// Since when the client has been offered something; nil while there is nothing to take.
  private let offeredAt: NIOLockedValueBox<ContinuousClock.Instant?>
  private let watch: Task<Void, Never>

  init(patience: Duration = .seconds(60), abort: @escaping @Sendable () -> Void) {
    let offeredAt = NIOLockedValueBox<ContinuousClock.Instant?>(nil)
    self.offeredAt = offeredAt
    watch = Task {
      while true {
        let left = (offeredAt.withLockedValue { $0 } ?? .now) + patience - .now
        guard left > .zero else { return abort() }
        do { try await Task.sleep(for: left) } catch { return }
      }
    }
  }

  deinit { watch.cancel() }

  /// Writes all of `buffer`, in pieces.
  @concurrent func write(
    _ buffer: ByteBuffer, to writer: inout any ResponseBodyWriter
  ) async throws {
    var rest = buffer
    while let piece = rest.readSlice(length: min(rest.readableBytes, Self.pieceBytes)),
      piece.readableBytes > 0
    {
      offeredAt.withLockedValue { $0 = .now }
      defer { offeredAt.withLockedValue { $0 = nil } }
      try await writer.write(piece)
    }
  }
}
