internal import NIOConcurrencyHelpers

/// The series of one metric, told apart by the values of its labels.
///
/// `requests["GET /api/events", "200"].increment()`. Keep the series where it is used often: finding
/// it takes a lock.
public final class MetricFamily<Series: Sendable>: Sendable {
  let name: String
  let help: String
  let labels: [String]
  private let maxSeries: Int
  private let series = NIOLockedValueBox<[[String]: Series]>([:])
  private let make: @Sendable () -> Series
  private let refused: @Sendable () -> Void

  init(
    name: String, help: String, labels: [String], maxSeries: Int,
    refused: @escaping @Sendable () -> Void, make: @escaping @Sendable () -> Series
  ) {
    self.name = name
    self.help = help
    self.labels = labels
    self.maxSeries = maxSeries
    self.refused = refused
    self.make = make
  }

  /// The series with these values, one for each label. When there are as many series as the family
  /// may have, a new one is counted as `harrier_metric_series_refused_total` and gets the series whose
  /// values are all `other`.
  public subscript(_ values: String...) -> Series {
    self[values]
  }

  public subscript(_ values: [String]) -> Series {
    precondition(values.count == labels.count, "\(name) has the labels \(labels)")
    let (found, wasRefused) = series.withLockedValue { series in
      if let known = series[values] { return (known, false) }
      let isFull = series.count >= maxSeries
      let key = isFull ? labels.map { _ in "other" } : values
      if let other = series[key] { return (other, isFull) }
      let new = make()
      series[key] = new
      return (new, isFull)
    }
    if wasRefused { refused() }
    return found
  }

  /// All series, in the order of their labels' values.
  var all: [(labels: LabelSet, series: Series)] {
    series.withLockedValue { $0 }
      .sorted { $0.key.lexicographicallyPrecedes($1.key) }
      .map { (LabelSet(names: labels, values: $0.key), $0.value) }
  }
}
