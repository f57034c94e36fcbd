/// What a condition measures over the items between two ends that only move forward.
struct Window: Sendable {
  private let condition: CorrelationPlan.Condition
  private let since: Int64
  private(set) var count = 0
  /// Items of detections since the plan's revision.
  private var current = 0
  /// Distinct values, each with how many items have it.
  private var values: [String: Int] = [:]
  /// Millionths, so that a sum is exact whatever the order in which items came and went.
  private var sum: Int128 = 0
  private var sorted: [Double] = []
  /// How many items each step's rule matched.
  private var occurrences: [Int]
  private var present: UInt64 = 0
  private var sequence: SequenceProgress

  init(_ plan: CorrelationPlan) {
    condition = plan.condition
    since = plan.since
    occurrences = Array(repeating: 0, count: plan.steps.count)
    sequence = SequenceProgress(steps: plan.steps.count)
  }

  /// Takes in all items of one timestamp.
  mutating func add(tick: ArraySlice<Item>) {
    for item in tick where item.detection.revision >= since { current += 1 }
    if case .ordered = condition {
      sequence.advance(tick)
      return
    }
    for item in tick { add(item) }
  }

  private mutating func add(_ item: Item) {
    count += 1
    switch (condition, item.value) {
    case (.valueCount, .text(let text)):
      values[text, default: 0] += 1
    case (.valueSum, .number(let number)), (.valueAverage, .number(let number)):
      sum += Self.millionths(number)
    case (.valuePercentile, .number(let number)):
      sorted.insert(number, at: position(of: number))
    case (.rules, _), (.extended, _):
      for step in StepIndices(bits: item.steps) {
        occurrences[step] += 1
        present |= 1 << UInt64(step)
      }
    default: break
    }
  }

  /// Lets go of an item that was added; a sequence forgets by time instead.
  mutating func remove(_ item: Item) {
    if item.detection.revision >= since { current -= 1 }
    if case .ordered = condition { return }
    count -= 1
    switch (condition, item.value) {
    case (.valueCount, .text(let text)):
      let left = (values[text] ?? 0) - 1
      values[text] = left > 0 ? left : nil
    case (.valueSum, .number(let number)), (.valueAverage, .number(let number)):
      sum -= Self.millionths(number)
    case (.valuePercentile, .number(let number)):
      sorted.remove(at: position(of: number))
    case (.rules, _), (.extended, _):
      for step in StepIndices(bits: item.steps) {
        occurrences[step] -= 1
        if occurrences[step] == 0 { present &= ~(1 << UInt64(step)) }
      }
    default: break
    }
  }

  /// Whether the condition holds for the window `from`…, both ends inclusive.
  func holds(from start: Int64) -> Bool {
    switch condition {
    case .always: true
    case .eventCount(let threshold), .valueCount(let threshold), .valueSum(let threshold),
      .valueAverage(let threshold), .valuePercentile(_, let threshold), .rules(let threshold):
      threshold.holds(measure)
    case .ordered: sequence.isComplete(from: start)
    case .extended(let expression): expression.holds(present: present)
    }
  }

  /// Whether one of its items belongs to the time from which on the plan counts.
  var isCurrent: Bool { current > 0 }

  /// The number that is compared with the threshold.
  var measure: Double {
    switch condition {
    case .always, .eventCount, .ordered, .extended: Double(count)
    case .valueCount: Double(values.count)
    case .valueSum: Double(sum) / 1e6
    case .valueAverage: count == 0 ? 0 : Double(sum) / 1e6 / Double(count)
    case .valuePercentile(let rank, _): percentile(rank)
    case .rules: Double(present.nonzeroBitCount)
    }
  }

  /// The steps whose rules occur, one bit each; for a sequence those that occur in order since `start`.
  func steps(from start: Int64) -> UInt64 {
    guard case .ordered = condition else { return present }
    let reached = sequence.reached(from: start)
    return reached == 64 ? .max : (1 << UInt64(reached)) - 1
  }

  /// Linear interpolation between closest ranks, at (n − 1)·p.
  private func percentile(_ rank: Double) -> Double {
    guard let last = sorted.indices.last else { return 0 }
    let position = Double(last) * min(max(rank, 0), 100) / 100
    let below = Int(position)
    let share = position - Double(below)
    guard share > 0 else { return sorted[below] }
    return sorted[below] + (sorted[below + 1] - sorted[below]) * share
  }

  private func position(of number: Double) -> Int {
    sorted.partitionIndex { $0 >= number }
  }

  /// Beyond it a number could not be summed exactly, and is taken as text.
  static let largestNumber = 1e24

  private static func millionths(_ number: Double) -> Int128 {
    Int128((number * 1e6).rounded())
  }
}

/// The indices of the bits that are set, lowest first.
struct StepIndices: Sequence, IteratorProtocol {
  var bits: UInt64

  mutating func next() -> Int? {
    guard bits != 0 else { return nil }
    defer { bits &= bits - 1 }
    return bits.trailingZeroBitCount
  }
}

extension RandomAccessCollection where Index == Int {
  /// The first index at which `predicate` holds, if it holds for all after that; else the end.
  func partitionIndex(_ predicate: (Element) -> Bool) -> Int {
    var low = startIndex
    var high = endIndex
    while low < high {
      let middle = low + (high - low) / 2
      if predicate(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
