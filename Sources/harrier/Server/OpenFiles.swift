#if canImport(Glibc)
  import Glibc
#endif

/// How many files and connections the process may have open.
enum OpenFiles {
  /// Raises the limit as far as the system lets us: each live stream is one.
  static func raiseLimit() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }
}
