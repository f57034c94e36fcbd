internal import CShims
internal import Glibc

/// Starts a detached thread that takes no signals, so that writing to a closed socket is an error
/// rather than the end of the process. The first 15 bytes of its name show in debuggers.
func startRedisThread(named name: String, _ body: @escaping @Sendable () -> Void) {
  final class Start: Sendable {
    let name: String
    let body: @Sendable () -> Void
    init(name: String, body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }
  }
  let start = unsafe Unmanaged.passRetained(Start(name: String(name.prefix(15)), body: body))
  var thread = pthread_t()
  let result = unsafe pthread_create(
    &thread, nil,
    { argument in
      guard let argument = unsafe argument else { return nil }
      let start = unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
      var signals = sigset_t()
      unsafe sigfillset(&signals)
      unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
      unsafe shim_set_thread_name(start.name)
      start.body()
      return nil
    }, start.toOpaque())
  precondition(result == 0, "pthread_create failed with \(result)")
  pthread_detach(thread)
}

/// Nanoseconds by the clock that never jumps.
func monotonicNanoseconds() -> Int64 {
  var time = timespec()
  unsafe clock_gettime(CLOCK_MONOTONIC, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

extension Duration {
  var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds.multipliedReportingOverflow(by: 1_000_000_000).partialValue
      + attoseconds / 1_000_000_000
  }
}
