import Glibc

/// An operating system thread that runs one connection's work: the executor of its actor.
///
/// libpq blocks, so it must not run on the cooperative pool. Everything isolated to the connection
/// runs here, one piece after the other; the thread ends when the connection is gone.
final class ConnectionThread: SerialExecutor, @unchecked Sendable {
  private enum Work {
    case job(UnownedJob)
    case call(@Sendable () -> Void)
  }

  private let queue = WorkQueue<Work>()
  private let thread = Locked<pthread_t?>(nil)

  init(name: String) {
    startThread(named: name) { [self] in run() }
  }

  func enqueue(_ job: consuming ExecutorJob) {
    queue.push(.job(UnownedJob(job)))
  }

  /// Runs a function here that is no part of any task.
  func submit(_ body: @escaping @Sendable () -> Void) {
    queue.push(.call(body))
  }

  /// Ends the thread when what is queued has run.
  func stop() {
    queue.close()
  }

  func checkIsolated() {
    precondition(isIsolatingCurrentContext() == true, "not on the connection's thread")
  }

  func isIsolatingCurrentContext() -> Bool? {
    thread.withLock { $0.map { pthread_equal($0, pthread_self()) != 0 } ?? false }
  }

  private func run() {
    thread.withLock { $0 = pthread_self() }
    let executor = unsafe asUnownedSerialExecutor()
    var batch: [Work] = []
    while queue.takeAll(into: &batch) {
      for work in batch {
        switch work {
        case .job(let job): unsafe job.runSynchronously(on: executor)
        case .call(let body): body()
        }
      }
      batch.removeAll(keepingCapacity: true)
    }
  }
}
