#if canImport(Glibc)
  internal import Glibc
#endif

/// The CPU time of the thread that asks.
enum ThreadClock {
  /// Nanoseconds.
  static var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
