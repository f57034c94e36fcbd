internal import Hummingbird
internal import NIOConcurrencyHelpers
internal import NIOCore

/// Writes to a client, and breaks its connection off where it takes nothing for a while: what the answer
/// holds would else be held for as long as the client's kernel keeps the connection. The time that we
/// take to find what to write next does not count.
final class StalledReader: Sendable {
  /// What a client of 1 KB a second takes within the patience.
  static let pieceBytes = 64 << 10

  /// What the client has been offered and has not taken yet.
  private final class Offer: Sendable {
    let since = NIOLockedValueBox<ContinuousClock.Instant?>(nil)
    let patience: Duration

    init(patience: Duration) { self.patience = patience }

    /// How long the client may still take; all of the patience while there is nothing to take.
    func left(at now: ContinuousClock.Instant) -> Duration {
      since.withLockedValue { $0 }.map { $0 + patience - now } ?? patience
    }
  }

  private let offer: Offer
  private let watch: Task<Void, Never>

  init(patience: Duration = .seconds(60), abort: @escaping @Sendable () -> Void) {
    let offer = Offer(patience: patience)
    self.offer = offer
    watch = Task {
      while case let left = offer.left(at: .now), left > .zero {
        do { try await Task.sleep(for: left) } catch { return }
      }
      abort()
    }
  }

  deinit { watch.cancel() }

  /// Whether the client has left what it was offered for longer than the patience.
  func isStalled(at now: ContinuousClock.Instant) -> Bool { offer.left(at: now) <= .zero }

  /// Writes all of `buffer`, in pieces.
  @concurrent func write(
    _ buffer: ByteBuffer, to writer: inout any ResponseBodyWriter
  ) async throws {
    var rest = buffer
    while let piece = rest.readSlice(length: min(rest.readableBytes, Self.pieceBytes)),
      piece.readableBytes > 0
    {
      offer.since.withLockedValue { $0 = .now }
      defer { offer.since.withLockedValue { $0 = nil } }
      try await writer.write(piece)
    }
  }
}
