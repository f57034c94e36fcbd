internal import Core

#if canImport(Glibc)
  internal import Glibc
#endif

/// The plans made so far, shared by all threads of a matcher. A plan is built under the lock, once.
///
/// Events of different log sources that the same rules apply to share a plan, so that a sender who makes
/// up source types can neither fill the cache nor have plans built.
@safe final class PlanCache: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  /// By the indices in `sources` of the rules' log sources that apply.
  private var plans: [[Int]: MatchPlan] = [:]
  private let sources: [LogSource]
  private let build: @Sendable (Set<LogSource>) -> MatchPlan

  /// Mappings make a few dozen; beyond this number plans are forgotten and made anew.
  static let maximumPlans = 512

  /// - Parameter sources: those of the rules, each once.
  init(
    sources: [LogSource], build: @escaping @Sendable (Set<LogSource>) -> MatchPlan
  ) {
    self.sources = sources
    self.build = build
    unsafe mutex = .allocate(capacity: 1)
    let status = unsafe pthread_mutex_init(mutex, nil)
    precondition(status == 0)
  }

  deinit {
    unsafe pthread_mutex_destroy(mutex)
    unsafe mutex.deallocate()
  }

  func plan(for set: LogSourceSet) -> MatchPlan {
    let applicable = sources.indices.filter { set.contains(matching: sources[$0]) }
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    if let known = plans[applicable] { return known }
    if plans.count >= Self.maximumPlans { plans.removeAll() }
    let plan = build(Set(applicable.map { sources[$0] }))
    plans[applicable] = plan
    return plan
  }
}
