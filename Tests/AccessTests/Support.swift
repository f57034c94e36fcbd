import Access
import Core
import NIOConcurrencyHelpers

/// Both clocks, moved by hand.
final class ManualClock: Sendable {
  private let elapsed = NIOLockedValueBox(Duration.zero)
  private let start = Timestamp("2026-11-21T08:00:00Z")!

  func advance(_ duration: Duration) {
    elapsed.withLockedValue { $0 += duration }
  }

  var now: Timestamp {
    let passed = elapsed.withLockedValue { $0 }.components
    return start.advanced(
      byMicroseconds: passed.seconds * 1_000_000 + passed.attoseconds / 1_000_000_000_000)
  }

  var clock: AccessClock {
    AccessClock(wall: { self.now }, steady: { self.elapsed.withLockedValue { $0 } })
  }
}

/// SplitMix64: a property test prints its seed and can be run again.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }

  mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) }
  }
}

/// The slug of the problem that `body` throws; nil where it throws none.
func slug(_ body: () async throws -> Void) async throws -> String? {
  do {
    try await body()
    return nil
  } catch let problem as Problem {
    return problem.slug
  }
}
