#if canImport(Glibc)
  internal import Glibc
#endif

/// The CPU time of the thread that asks.
public enum ThreadClock {
  /// Nanoseconds.
  public static var now: Int64 {
    var time = timespec()
    let status = clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    precondition(status == 0, "every thread has a clock")
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
