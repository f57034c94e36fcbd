internal import NIOConcurrencyHelpers
internal import NIOCore

/// Runs tasks on the thread of an event loop.
///
/// A request that is answered from memory then never changes threads between its first byte and its
/// last; on the shared pool each of its steps would wake another thread, which costs more than the
/// answer. What computes for long must leave it (``offEventLoop(_:)``), since the loop's other
/// connections wait meanwhile.
final class EventLoopExecutor: TaskExecutor {
  private let loop: any EventLoop

  private init(_ loop: any EventLoop) {
    self.loop = loop
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }

  private static let made = NIOLockedValueBox<[ObjectIdentifier: EventLoopExecutor]>([:])

  /// The one executor of a loop. There are as many as the process has loops.
  static func of(_ loop: any EventLoop) -> EventLoopExecutor {
    made.withLockedValue { made in
      if let known = made[ObjectIdentifier(loop)] { return known }
      let executor = EventLoopExecutor(loop)
      made[ObjectIdentifier(loop)] = executor
      return executor
    }
  }
}

/// Runs what computes for long, such as making rows of a batch of events, on the shared pool.
func offEventLoop<Result: Sendable>(
  _ body: @Sendable () async throws -> Result
) async throws -> Result {
  try await withTaskExecutorPreference(globalConcurrentExecutor) { try await body() }
}
