/// A signal for one task: many wakes while it works are one.
struct Wake: Sendable {
  private let stream: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation

  init() {
    (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  func wake() { continuation.yield() }

  /// Runs `body` after each wake, until the task is cancelled.
  func forEach(_ body: () async -> Void) async {
    for await _ in stream {
      if Task.isCancelled { return }
      await body()
    }
  }
}
