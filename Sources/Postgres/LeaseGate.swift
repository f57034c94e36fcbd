/// Which lease a connection is on and whether it was cancelled; shared by the connection, its pool
/// and whoever cancels.
///
/// A cancel names its lease, and a lease that was cancelled ends with its connection closed. So a
/// cancel that comes late finds another lease, or none, and does nothing; and one that is already on
/// its way to the server can only meet a session that nobody will borrow again.
final class LeaseGate: Sendable {
  private struct State {
    var lease: UInt64 = 0
    var isCancelled = false
    var handle: CancelHandle?
  }

  private let state = Locked(State())

  func setHandle(_ handle: CancelHandle?) {
    state.withLock { $0.handle = handle }
  }

  func begin(_ lease: UInt64) {
    state.withLock {
      $0.lease = lease
      $0.isCancelled = false
    }
  }

  /// - Returns: what to cancel the running statement with; nil if the lease has ended.
  func cancel(_ lease: UInt64) -> CancelHandle? {
    state.withLock {
      guard $0.lease == lease else { return nil }
      $0.isCancelled = true
      return $0.handle
    }
  }

  /// - Returns: whether the lease was cancelled.
  func end(_ lease: UInt64) -> Bool {
    state.withLock {
      precondition($0.lease == lease, "a lease ended twice")
      $0.lease = 0
      return $0.isCancelled
    }
  }

  func isOn(_ lease: UInt64) -> Bool {
    state.withLock { $0.lease == lease }
  }

  var isCancelled: Bool {
    state.withLock { $0.isCancelled }
  }
}
