/// How often a quantity was how large. Times are in seconds, sizes in bytes.
public final class Histogram: Sendable {
  /// From 100 µs to 10 s, for times.
  public static let timeBuckets: [Double] = [
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
  ]
  /// From 256 bytes to 16 MB, for sizes.
  public static let sizeBuckets: [Double] = [
    256, 1024, 4096, 16384, 65536, 262_144, 1_048_576, 4_194_304, 16_777_216,
  ]

  private let bounds: [Double]
  private let counts: [Counter]
  private let sum = AtomicDouble()

  init(bounds: [Double]) {
    precondition(
      !bounds.isEmpty && zip(bounds, bounds.dropFirst()).allSatisfy(<)
        && bounds.allSatisfy(\.isFinite),
      "a histogram's bounds rise and are finite")
    self.bounds = bounds
    counts = (0...bounds.count).map { _ in Counter() }
  }

  public func observe(_ value: Double) {
    // A value that is no number belongs nowhere, and would spoil the sum.
    guard !value.isNaN else { return }
    var low = 0
    var high = bounds.count
    while low < high {
      let middle = (low + high) / 2
      if value <= bounds[middle] { high = middle } else { low = middle + 1 }
    }
    counts[low].increment()
    sum.add(value)
  }

  public func observe(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    observe(Double(seconds) + Double(attoseconds) * 1e-18)
  }

  public var count: UInt64 { counts.reduce(0) { $0 + $1.value } }
}

extension Histogram: MetricSeries {
  static var kind: MetricKind { .histogram }

  func write(_ text: inout PrometheusText, name: String, labels: LabelSet) {
    // Each bucket is read once, so that the last one and the count are the same number.
    var cumulative: UInt64 = 0
    for (bound, count) in zip(bounds + [.infinity], counts) {
      cumulative += count.value
      text.sample(
        name + "_bucket", labels.adding("le", PrometheusText.number(bound)), "\(cumulative)")
    }
    text.sample(name + "_sum", labels, PrometheusText.number(sum.value))
    text.sample(name + "_count", labels, "\(cumulative)")
  }
}
