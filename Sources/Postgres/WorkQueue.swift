import Glibc

/// A blocking queue: many threads push, one waits and takes all there is.
@safe final class WorkQueue<Element>: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>
  private var elements: [Element] = []
  private var isClosed = false

  init() {
    unsafe mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    unsafe mutex.initialize(to: pthread_mutex_t())
    unsafe condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    unsafe condition.initialize(to: pthread_cond_t())
    var attributes = pthread_condattr_t()
    var result = unsafe pthread_mutex_init(mutex, nil)
    result |= unsafe pthread_condattr_init(&attributes)
    result |= unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    result |= unsafe pthread_cond_init(condition, &attributes)
    precondition(result == 0, "a work queue's mutex or condition could not be made")
    unsafe pthread_condattr_destroy(&attributes)
  }

  deinit {
    unsafe pthread_cond_destroy(condition)
    unsafe condition.deallocate()
    unsafe pthread_mutex_destroy(mutex)
    unsafe mutex.deallocate()
  }

  func push(_ element: Element) {
    unsafe pthread_mutex_lock(mutex)
    let wasEmpty = elements.isEmpty
    elements.append(element)
    unsafe pthread_mutex_unlock(mutex)
    if wasEmpty { unsafe pthread_cond_signal(condition) }
  }

  /// After the elements that are in the queue now, `takeAll` answers nil.
  func close() {
    unsafe pthread_mutex_lock(mutex)
    isClosed = true
    unsafe pthread_mutex_unlock(mutex)
    unsafe pthread_cond_signal(condition)
  }

  /// Waits for elements, at most until `deadline`, and swaps them into `batch`, which must be empty.
  ///
  /// - Returns: false once the queue is closed and empty. With a deadline `batch` may stay empty.
  func takeAll(into batch: inout [Element], until deadline: Duration? = nil) -> Bool {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    while elements.isEmpty && !isClosed {
      if let deadline {
        let (seconds, attoseconds) = deadline.components
        var time = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
        if unsafe pthread_cond_timedwait(condition, mutex, &time) == ETIMEDOUT { return true }
      } else {
        unsafe pthread_cond_wait(condition, mutex)
      }
    }
    swap(&elements, &batch)
    return !batch.isEmpty
  }
}
