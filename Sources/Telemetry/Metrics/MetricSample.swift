/// One value of a metric that is read when it is asked for.
public struct MetricSample: Sendable {
  /// One for each label of the metric.
  public var labels: [String]
  public var value: Double

  public init(_ value: Double, labels: [String] = []) {
    self.labels = labels
    self.value = value
  }
}
