internal import Synchronization

/// A number that only grows. Its name ends in `_total`.
public final class Counter: Sendable {
  private let count = Atomic<UInt64>(0)

  init() {}

  public func increment(by amount: Int = 1) {
    precondition(amount >= 0, "a counter does not count backwards")
    count.wrappingAdd(UInt64(amount), ordering: .relaxed)
  }

  public var value: UInt64 { count.load(ordering: .relaxed) }
}

extension Counter: MetricSeries {
  static var kind: MetricKind { .counter }

  func write(_ text: inout PrometheusText, name: String, labels: LabelSet) {
    text.sample(name, labels, "\(value)")
  }
}
