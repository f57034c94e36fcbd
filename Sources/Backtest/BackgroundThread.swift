internal import CShims

#if canImport(Glibc)
  internal import Glibc
#endif

/// A thread that runs tasks with what CPU time ingestion leaves: Linux gives a nice value to each
/// thread. All that use the same one together take at most one core.
final class BackgroundThread: TaskExecutor, @unchecked Sendable {
  /// For tests of rules.
  static let tests = BackgroundThread("backtest")
  /// For explanations, which do not wait for the tests.
  static let explanations = BackgroundThread("explain")

  /// What is under the mutex lives at fixed places.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var jobs: [UnownedJob] = []
  private let name: String

  private static let nice: Int32 = 15

  /// - Parameter name: at most 15 bytes.
  private init(_ name: String) {
    self.name = name
    mutex.initialize(to: pthread_mutex_t())
    condition.initialize(to: pthread_cond_t())
    var thread = pthread_t()
    let failure =
      pthread_mutex_init(mutex, nil) | pthread_cond_init(condition, nil)
      | pthread_create(
        &thread, nil,
        { argument in
          guard let argument else { return nil }
          Unmanaged<BackgroundThread>.fromOpaque(argument).takeUnretainedValue().run()
          return nil
        }, Unmanaged.passRetained(self).toOpaque())
    precondition(failure == 0, "a background thread could not be made: \(failure)")
    pthread_detach(thread)
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    pthread_mutex_lock(mutex)
    jobs.append(job)
    pthread_mutex_unlock(mutex)
    pthread_cond_signal(condition)
  }

  private func run() {
    shim_set_thread_name(name)
    // Where it is refused the thread runs like others; raising the value needs no privilege.
    setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Self.nice)
    let executor = asUnownedTaskExecutor()
    var batch: [UnownedJob] = []
    while true {
      pthread_mutex_lock(mutex)
      while jobs.isEmpty { pthread_cond_wait(condition, mutex) }
      swap(&jobs, &batch)
      pthread_mutex_unlock(mutex)
      for job in batch { job.runSynchronously(on: executor) }
      batch.removeAll(keepingCapacity: true)
    }
  }
}
