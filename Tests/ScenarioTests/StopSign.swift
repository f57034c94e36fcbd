internal import Synchronization

/// Tells tasks that go on until then to end.
final class StopSign: Sendable {
  private let raised = Atomic(false)

  var isUp: Bool { raised.load(ordering: .acquiring) }

  func raise() { raised.store(true, ordering: .releasing) }
}
