internal import Foundation
internal import ServiceHarness

/// How large the runs are, and which.
struct FaultSettings: CustomStringConvertible {
  var events: Int
  var seed: UInt64
  /// Times that a node sleeps through its leases.
  var stalls: Int
  /// Milliseconds since 1970 of the first event: twelve hours ago, on the minute.
  var start: Int64

  /// One for the whole process, so that its runs can be compared.
  static let shared = Result { try read() }

  /// `HARRIER_FAULT_EVENTS` (default 4,000, at most 100,000) and `HARRIER_FAULT_SEED`.
  private static func read() throws -> FaultSettings {
    let environment = ProcessInfo.processInfo.environment
    let events = environment["HARRIER_FAULT_EVENTS"].map { Int($0) } ?? 4000
    guard let events, (2000...100_000).contains(events) else {
      throw HarnessError("HARRIER_FAULT_EVENTS must be a number from 2000 to 100000")
    }
    let seed = environment["HARRIER_FAULT_SEED"].map { UInt64($0) } ?? .random(in: 0 ... .max)
    guard let seed else { throw HarnessError("HARRIER_FAULT_SEED must be a number") }
    let minute = Int64(Date().timeIntervalSince1970) / 60 - 720
    return FaultSettings(
      events: events, seed: seed, stalls: events < fullSize ? 3 : 6, start: minute * 60_000)
  }

  private static let fullSize = 50_000

  /// Whether it is a run for itself rather than a part of all tests.
  var isFull: Bool { events >= Self.fullSize }

  /// Events of the largest batch.
  var largestBatch: Int { min(5000, events / 6) }

  var description: String {
    "HARRIER_FAULT_EVENTS=\(events) HARRIER_FAULT_SEED=\(seed)"
  }
}
