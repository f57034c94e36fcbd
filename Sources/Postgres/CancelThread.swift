/// The thread that sends cancel requests, for all pools of the process.
///
/// A request that arrives between two statements of a lease does nothing, so it is repeated until
/// the lease has ended.
final class CancelThread: Sendable {
  static let shared = CancelThread()

  private struct Request {
    let handle: CancelHandle
    let gate: LeaseGate
    let lease: UInt64
    var nextTry: Duration
    var interval: Duration = .milliseconds(20)
  }

  private let queue = WorkQueue<Request>()

  private init() {
    startThread(named: "pg-cancel") { [self] in run() }
  }

  func cancel(_ handle: CancelHandle, gate: LeaseGate, lease: UInt64) {
    queue.push(Request(handle: handle, gate: gate, lease: lease, nextTry: monotonicNow()))
  }

  private func run() {
    var pending: [Request] = []
    var arrived: [Request] = []
    while queue.takeAll(into: &arrived, until: pending.map(\.nextTry).min())
      || !pending.isEmpty
    {
      pending.append(contentsOf: arrived)
      arrived.removeAll(keepingCapacity: true)
      pending.removeAll { !$0.gate.isOn($0.lease) }
      for index in pending.indices where pending[index].nextTry <= monotonicNow() {
        // A server that cannot be reached is tried again like one that was between statements.
        _ = pending[index].handle.cancel()
        pending[index].nextTry = monotonicNow() + pending[index].interval
        pending[index].interval = min(pending[index].interval * 2, .seconds(1))
      }
    }
  }
}
