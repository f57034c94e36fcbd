internal import Core
internal import Sigma

/// What a correlation's condition measures over the window that ends with each event of an incident.
///
/// Exact as long as it is given an incident's evidence from its beginning: that holds the whole first
/// window and all events since.
struct WindowTally {
  private struct Entry {
    let ts: Int64
    let rule: String
    let value: String?
  }

  private let correlation: CorrelationRule
  private var window: [Entry] = []

  init(_ correlation: CorrelationRule) {
    self.correlation = correlation
  }

  /// The measure after events of one time, which are taken together.
  ///
  /// - Parameter events: the rule that found each, and the value that is counted.
  mutating func add(
    _ events: [(rule: String, value: String?)], at ts: Timestamp
  ) -> Double? {
    let start = ts.microseconds - correlation.timespanMicroseconds
    window.removeAll { $0.ts < start }
    for event in events {
      window.append(Entry(ts: ts.microseconds, rule: event.rule, value: event.value))
    }
    return measure
  }

  private var measure: Double? {
    switch correlation.kind {
    case .eventCount: return Double(window.count)
    case .valueCount: return Double(Set(window.compactMap { $0.value?.lowercased() }).count)
    case .valueSum: return numbers.reduce(0, +)
    case .valueAvg: return numbers.isEmpty ? nil : numbers.reduce(0, +) / Double(numbers.count)
    case .temporal, .temporalOrdered: return Double(Set(window.map(\.rule)).count)
    case .valuePercentile: return nil
    }
  }

  private var numbers: [Double] {
    window.compactMap { $0.value.flatMap { Number($0)?.double } }
  }
}
