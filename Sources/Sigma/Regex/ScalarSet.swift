/// A set of Unicode scalars as sorted ranges that neither touch nor overlap.
struct ScalarSet: Hashable, Sendable {
  private(set) var ranges: [ClosedRange<UInt32>] = []

  static let lastScalar: UInt32 = 0x10FFFF

  init() {}

  init(_ ranges: [ClosedRange<UInt32>]) {
    self.ranges = Self.normalized(ranges)
  }

  init(_ scalar: Unicode.Scalar) {
    ranges = [scalar.value...scalar.value]
  }

  private static func normalized(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
    var result: [ClosedRange<UInt32>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = result.last, range.lowerBound <= last.upperBound &+ 1 {
        result[result.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        result.append(range)
      }
    }
    return result
  }

  mutating func insert(_ range: ClosedRange<UInt32>) {
    ranges = Self.normalized(ranges + [range])
  }

  mutating func formUnion(_ other: ScalarSet) {
    ranges = Self.normalized(ranges + other.ranges)
  }

  var inverted: ScalarSet {
    var result: [ClosedRange<UInt32>] = []
    var next: UInt32 = 0
    for range in ranges {
      if range.lowerBound > next { result.append(next...range.lowerBound - 1) }
      next = range.upperBound + 1
    }
    if next <= Self.lastScalar { result.append(next...Self.lastScalar) }
    return ScalarSet(result)
  }

  func contains(_ scalar: Unicode.Scalar) -> Bool {
    ranges.contains { $0.contains(scalar.value) }
  }

  /// The one scalar of the set, if it has exactly one.
  var only: Unicode.Scalar? {
    guard ranges.count == 1, ranges[0].lowerBound == ranges[0].upperBound else { return nil }
    return Unicode.Scalar(ranges[0].lowerBound)
  }

  /// With every scalar that differs from one of the set only by case: exactly for ASCII, and by
  /// `CaseFolding` for the other scalars of small ranges.
  var ignoringCase: ScalarSet {
    var result = self
    for range in ranges {
      for (lower, upper) in [(UInt32(0x61), UInt32(0x41)), (0x41, 0x61)] {
        let low = max(range.lowerBound, lower)
        let high = min(range.upperBound, lower + 25)
        if low <= high { result.insert(low - lower + upper...high - lower + upper) }
      }
      guard range.count <= 1024 else { continue }
      for value in range where value >= 0x80 {
        guard let scalar = Unicode.Scalar(value) else { continue }
        for variant in CaseFolding.variants(of: scalar) {
          result.insert(variant.value...variant.value)
        }
      }
    }
    return result
  }

  // The classes are ASCII, as in PCRE without UCP; `\s` includes the vertical tab.
  static let digits = ScalarSet([0x30...0x39])
  static let word = ScalarSet([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
  static let whitespace = ScalarSet([0x09...0x0D, 0x20...0x20])
  static let horizontalSpace = ScalarSet([0x09...0x09, 0x20...0x20, 0xA0...0xA0])
  static let newline = ScalarSet([0x0A...0x0A])
  static let all = ScalarSet([0...lastScalar])
}
