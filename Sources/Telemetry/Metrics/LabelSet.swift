/// The names and values of one series' labels, in the order of the family.
struct LabelSet: Sendable {
  var names: [String]
  var values: [String]

  func adding(_ name: String, _ value: String) -> LabelSet {
    LabelSet(names: names + [name], values: values + [value])
  }
}

/// What kind of metric a family is, by the word of the exposition format.
public enum MetricKind: String, Sendable {
  case counter, gauge, histogram
}

/// One series: a metric with values for the labels of its family.
protocol MetricSeries: Sendable {
  static var kind: MetricKind { get }
  func write(_ text: inout PrometheusText, name: String, labels: LabelSet)
}
