internal import Core

/// The most frequent of many values, in bounded memory (Misra and Gries, "Finding repeated elements",
/// 1982): once there are more different values than fit, counts are too low by at most `error`.
struct EntityCounter {
  struct Entry: Hashable, Sendable {
    let value: String
    let count: Int
  }

  private let capacity: Int
  private var counts: [String: Int] = [:]
  /// By how much a count may be too low; 0 while all are exact.
  private(set) var error = 0

  init(capacity: Int = 10_000) {
    self.capacity = capacity
  }

  mutating func add(_ value: String) {
    if let count = counts[value] {
      counts[value] = count + 1
    } else if counts.count < capacity {
      counts[value] = 1
    } else {
      // Each of these steps takes back `capacity` additions, so they cost nothing that adds up.
      error += 1
      counts = counts.compactMapValues { $0 > 1 ? $0 - 1 : nil }
    }
  }

  /// The most frequent first, equally frequent ones by value.
  func top(_ count: Int) -> [Entry] {
    let sorted = counts.map { Entry(value: $0.key, count: $0.value) }
      .sorted { $0.count != $1.count ? $0.count > $1.count : $0.value < $1.value }
    return Array(sorted.prefix(count))
  }
}
