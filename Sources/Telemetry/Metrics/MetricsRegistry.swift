internal import NIOConcurrencyHelpers

/// All metrics of a process and their text for Prometheus.
///
/// Names are constants of the program; the values of labels come from small, closed sets (a route's
/// pattern, never a path). What nevertheless grows is bounded per family and counted.
public final class MetricsRegistry: Sendable {
  private struct Entry: Sendable {
    let kind: MetricKind
    let labels: [String]
    let family: any Sendable
    let write: @Sendable (inout PrometheusText) -> Void
  }

  private let entries = NIOLockedValueBox<[String: Entry]>([:])
  private let maxSeries: Int
  private let refusals: MetricFamily<Counter>

  /// - Parameter maxSeries: how many series each family may have.
  public init(maxSeries: Int = 500) {
    precondition(maxSeries > 0)
    self.maxSeries = maxSeries
    let refusals = MetricFamily<Counter>(
      name: "harrier_metric_series_refused_total",
      help: "Uses of label values for which a metric had no room.", labels: ["metric"],
      maxSeries: .max, refused: {}, make: { Counter() })
    self.refusals = refusals
    _ = registered(refusals)
  }

  public func counter(_ name: String, help: String) -> Counter {
    counter(name, help: help, labels: [])[[]]
  }

  public func counter(_ name: String, help: String, labels: [String]) -> MetricFamily<Counter> {
    precondition(name.hasSuffix("_total"), "a counter's name ends in _total")
    return family(name, help, labels) { Counter() }
  }

  public func gauge(_ name: String, help: String) -> Gauge {
    gauge(name, help: help, labels: [])[[]]
  }

  public func gauge(_ name: String, help: String, labels: [String]) -> MetricFamily<Gauge> {
    family(name, help, labels) { Gauge() }
  }

  public func histogram(
    _ name: String, help: String, buckets: [Double] = Histogram.timeBuckets
  ) -> Histogram {
    histogram(name, help: help, labels: [], buckets: buckets)[[]]
  }

  public func histogram(
    _ name: String, help: String, labels: [String], buckets: [Double] = Histogram.timeBuckets
  ) -> MetricFamily<Histogram> {
    precondition(!labels.contains("le"), "le is the histogram's own label")
    return family(name, help, labels) { Histogram(bounds: buckets) }
  }

  /// A metric that someone else keeps, read each time the text is made. A second one of that name
  /// takes the place of the first.
  public func sampled(
    _ name: String, help: String, kind: MetricKind = .gauge, labels: [String] = [],
    _ read: @escaping @Sendable () -> [MetricSample]
  ) {
    Self.check(name, labels)
    precondition(kind != .histogram, "a histogram cannot be sampled")
    let maxSeries = maxSeries
    let entry = Entry(kind: kind, labels: labels, family: name) { [refusals] text in
      text.family(name, kind, help)
      let samples = read()
      for sample in samples.prefix(maxSeries) {
        precondition(sample.labels.count == labels.count, "\(name) has the labels \(labels)")
        text.sample(
          name, LabelSet(names: labels, values: sample.labels), PrometheusText.number(sample.value))
      }
      if samples.count > maxSeries { refusals[name].increment(by: samples.count - maxSeries) }
    }
    entries.withLockedValue { $0[name] = entry }
  }

  /// The body of `/metrics`, of the type `text/plain; version=0.0.4; charset=utf-8`.
  public func exposition() -> [UInt8] {
    let writers = entries.withLockedValue { entries in
      entries.sorted { $0.key < $1.key }.map(\.value.write)
    }
    var text = PrometheusText()
    for write in writers { write(&text) }
    return text.bytes
  }

  public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  private func family<Series: MetricSeries>(
    _ name: String, _ help: String, _ labels: [String], _ make: @escaping @Sendable () -> Series
  ) -> MetricFamily<Series> {
    Self.check(name, labels)
    let refusals = refusals
    let new = MetricFamily<Series>(
      name: name, help: help, labels: labels, maxSeries: labels.isEmpty ? 1 : maxSeries,
      refused: { refusals[name].increment() }, make: make)
    return registered(new)
  }

  /// The family of that name: the one that was there before, or else `new`.
  private func registered<Series: MetricSeries>(
    _ new: MetricFamily<Series>
  ) -> MetricFamily<Series> {
    entries.withLockedValue { entries in
      if let known = entries[new.name] {
        guard known.kind == Series.kind, known.labels == new.labels,
          let family = known.family as? MetricFamily<Series>
        else { preconditionFailure("\(new.name) exists already as another metric") }
        return family
      }
      entries[new.name] = Entry(kind: Series.kind, labels: new.labels, family: new) { text in
        let series = new.all
        guard !series.isEmpty else { return }
        text.family(new.name, Series.kind, new.help)
        for (labels, metric) in series { metric.write(&text, name: new.name, labels: labels) }
      }
      return new
    }
  }

  private static func check(_ name: String, _ labels: [String]) {
    precondition(PrometheusText.isName(name), "\(name) is no metric's name")
    precondition(
      labels.allSatisfy { PrometheusText.isName($0, isLabel: true) && !$0.hasPrefix("__") },
      "a label of \(name) has no label's name")
  }
}
