internal import Foundation

/// What was done to an installation, and when; printed as a table.
struct FaultJournal {
  private struct Entry {
    var seconds: TimeInterval
    var acknowledged: Int
    var fault: Fault
    var detail: String
    var recovery: TimeInterval
  }

  private let start = Date()
  private var entries: [Entry] = []

  /// - Parameters:
  ///   - acknowledged: events by then.
  ///   - begin: when it happened; the time since then is what the recovery took.
  mutating func note(_ fault: Fault, acknowledged: Int, from begin: Date, detail: String) {
    entries.append(
      Entry(
        seconds: begin.timeIntervalSince(start), acknowledged: acknowledged, fault: fault,
        detail: detail, recovery: Date().timeIntervalSince(begin)))
  }

  var table: String {
    let lines = entries.map { entry in
      String(format: "%8.2f s %8d events  ", entry.seconds, entry.acknowledged)
        + "\(entry.fault)".padding(toLength: 36, withPad: " ", startingAt: 0)
        + String(format: " %6.2f s until all was ready", entry.recovery)
        + (entry.detail.isEmpty ? "" : "  (\(entry.detail))")
    }
    return lines.joined(separator: "\n")
  }
}
