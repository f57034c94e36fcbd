internal import Core
internal import Correlation

/// Which incidents of two versions stand for the same: of one rule and group, at times that overlap.
struct IncidentComparison {
  /// Indices of the candidate's that the baseline has not.
  private(set) var gained: [Int] = []
  /// Indices of the baseline's that the candidate has not.
  private(set) var lost: [Int] = []
  /// Indices of the candidate's and of one of the baseline's that overlaps it.
  private(set) var kept: [(candidate: Int, baseline: Int)] = []

  init(candidate: [BacktestIncident], baseline: [BacktestIncident]) {
    let before = IntervalIndex(baseline)
    let after = IntervalIndex(candidate)
    for (index, incident) in candidate.enumerated() {
      if let other = before.overlapping(incident) {
        kept.append((index, other))
      } else {
        gained.append(index)
      }
    }
    lost = baseline.indices.filter { after.overlapping(baseline[$0]) == nil }
  }
}

/// Finds an incident that overlaps another one in logarithmic time.
private struct IntervalIndex {
  private struct Key: Hashable {
    let rule: String
    let group: [GroupValue]

    init(_ incident: BacktestIncident) {
      rule = incident.ruleID
      group = incident.group
    }
  }

  private struct Interval {
    let first: Timestamp
    /// Of this and of all before it, the one that ends last.
    var latest: (last: Timestamp, index: Int)
  }

  private var intervals: [Key: [Interval]] = [:]

  init(_ incidents: [BacktestIncident]) {
    for (index, incident) in incidents.enumerated().sorted(by: { $0.1.first < $1.1.first }) {
      let key = Key(incident)
      var latest = (last: incident.last, index: index)
      if let previous = intervals[key]?.last?.latest, previous.last > latest.last {
        latest = previous
      }
      intervals[key, default: []].append(Interval(first: incident.first, latest: latest))
    }
  }

  func overlapping(_ incident: BacktestIncident) -> Int? {
    guard let intervals = intervals[Key(incident)] else { return nil }
    var low = 0
    var high = intervals.count
    while low < high {
      let middle = (low + high) / 2
      if intervals[middle].first <= incident.last { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return nil }
    let latest = intervals[low - 1].latest
    return latest.last >= incident.first ? latest.index : nil
  }
}
