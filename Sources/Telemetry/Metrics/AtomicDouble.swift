internal import Synchronization

/// A number that many threads add to without a lock.
final class AtomicDouble: Sendable {
  private let bits = Atomic<UInt64>(0)

  var value: Double {
    get { Double(bitPattern: bits.load(ordering: .relaxed)) }
    set { bits.store(newValue.bitPattern, ordering: .relaxed) }
  }

  func add(_ delta: Double) {
    var expected = bits.load(ordering: .relaxed)
    while true {
      let sum = (Double(bitPattern: expected) + delta).bitPattern
      let (done, original) = bits.weakCompareExchange(
        expected: expected, desired: sum, ordering: .relaxed)
      if done { return }
      expected = original
    }
  }
}
