internal import NIOConcurrencyHelpers

/// Breaks a connection off whose client reads nothing for a while: what it holds would else be held for
/// as long as its kernel keeps the connection.
final class StalledReader: Sendable {
  private let lastProgress: NIOLockedValueBox<ContinuousClock.Instant>
  private let watch: Task<Void, Never>

  init(patience: Duration = .seconds(60), abort: @escaping @Sendable () -> Void) {
    let lastProgress = NIOLockedValueBox(ContinuousClock.now)
    self.lastProgress = lastProgress
    watch = Task {
      while true {
        let left = lastProgress.withLockedValue { $0 } + patience - .now
        guard left > .zero else { return abort() }
        do { try await Task.sleep(for: left) } catch { return }
      }
    }
  }

  deinit { watch.cancel() }

  /// The client has taken something.
  func progressed() {
    lastProgress.withLockedValue { $0 = .now }
  }
}
