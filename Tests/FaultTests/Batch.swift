internal import Foundation

/// Events of one organization that are sent in one request under one key.
struct Batch: Sendable {
  var tenant: Tenant
  var key: String
  var events: Int
  /// Whether its events have ids of their own.
  var isNamed: Bool
  /// NDJSON.
  var body: [UInt8]

  /// Cuts the stories, whose events arrive a little out of their order, into batches of 1 to
  /// `largest`, and puts the organizations' batches side by side.
  static func cut(_ stories: [Tenant: [LabEvent]], largest: Int, seed: UInt64) -> [Batch] {
    var random = SeededGenerator(seed: seed)
    var placed: [(place: Double, batch: Batch)] = []
    for tenant in Tenant.all {
      let arrival = locallyShuffled(stories[tenant] ?? [], within: 500, using: &random)
      var start = 0
      while start < arrival.count {
        let number = placed.count
        let size = min(size(of: number, upTo: largest, using: &random), arrival.count - start)
        let isNamed = number % 3 == 0
        let lines = arrival[start..<start + size].map { $0.json(isNamed: isNamed) }
        let batch = Batch(
          tenant: tenant, key: "batch-\(number)", events: size, isNamed: isNamed,
          body: Array(lines.joined(separator: "\n").utf8))
        placed.append((Double(start) / Double(arrival.count), batch))
        start += size
      }
    }
    return placed.sorted { $0.place < $1.place }.map(\.batch)
  }

  /// Both extremes for certain; else as often between 1 and 10 as between 100 and 1,000.
  private static func size(
    of number: Int, upTo largest: Int, using random: inout SeededGenerator
  ) -> Int {
    if number < 2 { return number == 0 ? 1 : largest }
    return Int(exp(log(Double(largest)) * Double.random(in: 0...1, using: &random)))
  }

  private static func locallyShuffled(
    _ events: [LabEvent], within window: Int, using random: inout SeededGenerator
  ) -> [LabEvent] {
    stride(from: 0, to: events.count, by: window).flatMap { start in
      events[start..<min(start + window, events.count)].shuffled(using: &random)
    }
  }
}
