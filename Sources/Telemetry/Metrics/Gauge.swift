/// A number that goes up and down.
public final class Gauge: Sendable {
  private let number = AtomicDouble()

  init() {}

  public var value: Double { number.value }

  public func set(_ value: Double) {
    number.value = value
  }

  public func set(_ value: Int) {
    number.value = Double(value)
  }

  public func add(_ delta: Double) {
    number.add(delta)
  }
}

extension Gauge: MetricSeries {
  static var kind: MetricKind { .gauge }

  func write(_ text: inout PrometheusText, name: String, labels: LabelSet) {
    text.sample(name, labels, PrometheusText.number(value))
  }
}
