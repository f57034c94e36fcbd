internal import Foundation

/// Events that are sent in one request under one key.
struct Batch: Sendable {
  var key: String
  var events: Int
  /// NDJSON.
  var body: [UInt8]

  /// Cuts the events, which arrive a little out of their order, into batches of 1 to `largest`.
  static func cut(_ events: [LoginEvent], largest: Int, seed: UInt64) -> [Batch] {
    var random = SeededGenerator(seed: seed)
    let arrival = locallyShuffled(events, within: 500, using: &random)
    var batches: [Batch] = []
    var start = 0
    while start < arrival.count {
      let size = min(size(of: batches.count, upTo: largest, using: &random), arrival.count - start)
      let lines = arrival[start..<start + size].map(\.json).joined(separator: "\n")
      batches.append(
        Batch(key: "batch-\(batches.count)", events: size, body: Array(lines.utf8)))
      start += size
    }
    return batches
  }

  /// Both extremes for certain; else as often between 1 and 10 as between 100 and 1,000.
  private static func size(
    of number: Int, upTo largest: Int, using random: inout SeededGenerator
  ) -> Int {
    if number < 2 { return number == 0 ? 1 : largest }
    return Int(exp(log(Double(largest)) * Double.random(in: 0...1, using: &random)))
  }

  private static func locallyShuffled(
    _ events: [LoginEvent], within window: Int, using random: inout SeededGenerator
  ) -> [LoginEvent] {
    stride(from: 0, to: events.count, by: window).flatMap { start in
      events[start..<min(start + window, events.count)].shuffled(using: &random)
    }
  }
}
