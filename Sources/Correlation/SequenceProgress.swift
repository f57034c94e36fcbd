/// How far a sequence of rules has come: for each prefix, the latest time at which its first event
/// can lie.
///
/// A window that ends now holds the whole sequence if the latest start of all steps lies inside it,
/// so nothing has to be forgotten when the window moves. Events of one timestamp are taken together:
/// they may stand in any order among themselves, but each is one step at most.
struct SequenceProgress: Sendable {
  private static let never = Int64.min
  /// `starts[n]`: the latest first event of the steps 0 ..< n.
  private var starts: [Int64]

  init(steps: Int) {
    starts = Array(repeating: Self.never, count: steps + 1)
  }

  func isComplete(from start: Int64) -> Bool {
    guard let last = starts.last, last != Self.never else { return false }
    return last >= start
  }

  /// How many of the first steps have occurred in order since `start`.
  func reached(from start: Int64) -> Int {
    starts.indices.last { $0 > 0 && starts[$0] != Self.never && starts[$0] >= start } ?? 0
  }

  mutating func advance(_ tick: ArraySlice<Item>) {
    guard let first = tick.first else { return }
    let count = starts.count - 1
    if tick.count == 1 {
      for step in stride(from: count - 1, through: 0, by: -1)
      where first.steps & (1 << UInt64(step)) != 0 {
        starts[step + 1] = max(starts[step + 1], step == 0 ? first.ts : starts[step])
      }
      return
    }
    let masks = distinguishing(tick, steps: count)
    var next = starts
    for from in 0..<count {
      let start = from == 0 ? first.ts : starts[from]
      guard start != Self.never else { continue }
      var matching = StepMatching(masks: masks)
      var step = from
      while step < count, matching.assign(step) {
        next[step + 1] = max(next[step + 1], start)
        step += 1
      }
    }
    starts = next
  }

  /// The rules of the tick's events; of events with the same rules no more than can be used.
  private func distinguishing(_ tick: ArraySlice<Item>, steps: Int) -> [UInt64] {
    var seen: [UInt64: Int] = [:]
    var masks: [UInt64] = []
    for item in tick {
      let used = seen[item.steps, default: 0]
      guard used < item.steps.nonzeroBitCount else { continue }
      seen[item.steps] = used + 1
      masks.append(item.steps)
    }
    return masks
  }
}

/// Assigns distinct events to steps, by augmenting paths.
private struct StepMatching {
  let masks: [UInt64]
  private var stepOfEvent: [Int?]

  init(masks: [UInt64]) {
    self.masks = masks
    stepOfEvent = Array(repeating: nil, count: masks.count)
  }

  /// Finds an event for `step`, moving others if need be; false if there is none.
  mutating func assign(_ step: Int) -> Bool {
    var visited = Array(repeating: false, count: masks.count)
    return assign(step, &visited)
  }

  private mutating func assign(_ step: Int, _ visited: inout [Bool]) -> Bool {
    for event in masks.indices where !visited[event] && masks[event] & (1 << UInt64(step)) != 0 {
      visited[event] = true
      if let other = stepOfEvent[event], !assign(other, &visited) { continue }
      stepOfEvent[event] = step
      return true
    }
    return false
  }
}
