/// Rules of a layer that don't run, as bits by their index.
struct RuleMask: Sendable {
  /// Empty where all run.
  private var words: [UInt64] = []

  init(hiding indices: some Sequence<Int>, of count: Int) {
    for index in indices {
      if words.isEmpty { words = [UInt64](repeating: 0, count: (count + 63) / 64) }
      words[index >> 6] |= 1 << UInt64(index & 63)
    }
  }

  @inline(__always)
  func hides(_ index: Int) -> Bool {
    !words.isEmpty && words[index >> 6] >> UInt64(index & 63) & 1 == 1
  }
}
