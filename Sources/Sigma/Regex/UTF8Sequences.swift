/// Ranges of scalars as sequences of byte ranges in UTF-8.
enum UTF8Sequences {
  typealias Sequence = [ClosedRange<UInt8>]

  /// The sequences for the scalars of `set` outside ASCII. Surrogates do not occur in UTF-8.
  static func sequences(of set: ScalarSet) -> [Sequence] {
    var result: [Sequence] = []
    for range in set.ranges where range.upperBound >= 0x80 {
      let range = max(range.lowerBound, 0x80)...range.upperBound
      // Each part has one length of encoding and lies on one side of the surrogates.
      for part: ClosedRange<UInt32> in [
        0x80...0x7FF, 0x800...0xD7FF, 0xE000...0xFFFF, 0x10000...0x10FFFF,
      ] where part.overlaps(range) {
        let clamped = range.clamped(to: part)
        split(encode(clamped.lowerBound), encode(clamped.upperBound), into: &result)
      }
    }
    return result
  }

  private static func encode(_ value: UInt32) -> [UInt8] {
    // The parts above hold no surrogates.
    Array(UTF8.encode(Unicode.Scalar(value)!)!)
  }

  /// Splits two encodings of one length until every byte but the first that differs spans all.
  private static func split(_ low: [UInt8], _ high: [UInt8], into result: inout [Sequence]) {
    guard let first = low.indices.first(where: { low[$0] != high[$0] }) else {
      result.append(low.map { $0...$0 })
      return
    }
    let tail = first + 1..<low.count
    let isLowFull = tail.allSatisfy { low[$0] == 0x80 }
    let isHighFull = tail.allSatisfy { high[$0] == 0xBF }
    let prefix = low[..<first].map { $0...$0 }
    let from = isLowFull ? low[first] : low[first] + 1
    let to = isHighFull ? high[first] : high[first] - 1
    if !isLowFull {
      split(low, low[...first] + tail.map { _ in 0xBF }, into: &result)
    }
    if from <= to {
      result.append(prefix + [from...to] + tail.map { _ in 0x80...0xBF })
    }
    if !isHighFull {
      split(high[...first] + tail.map { _ in 0x80 }, high, into: &result)
    }
  }

  private static func split(
    _ low: ArraySlice<UInt8>, _ high: [UInt8], into result: inout [Sequence]
  ) {
    split(Array(low), high, into: &result)
  }

  private static func split(
    _ low: [UInt8], _ high: ArraySlice<UInt8>, into result: inout [Sequence]
  ) {
    split(low, Array(high), into: &result)
  }
}
