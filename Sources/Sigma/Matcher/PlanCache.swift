internal import Core

#if canImport(Glibc)
  internal import Glibc
#endif

/// The plans made so far, shared by all threads of a matcher. A plan is built under the lock, once.
@safe final class PlanCache: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private var plans: [LogSourceSet: MatchPlan] = [:]
  private let build: @Sendable (LogSourceSet) -> MatchPlan

  /// Mappings make a few dozen sets; beyond this number plans are forgotten and made anew.
  static let maximumPlans = 512

  init(build: @escaping @Sendable (LogSourceSet) -> MatchPlan) {
    self.build = build
    unsafe mutex = .allocate(capacity: 1)
    let status = unsafe pthread_mutex_init(mutex, nil)
    precondition(status == 0)
  }

  deinit {
    unsafe pthread_mutex_destroy(mutex)
    unsafe mutex.deallocate()
  }

  func plan(for sources: LogSourceSet) -> MatchPlan {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    if let known = plans[sources] { return known }
    if plans.count >= Self.maximumPlans { plans.removeAll() }
    let plan = build(sources)
    plans[sources] = plan
    return plan
  }
}
