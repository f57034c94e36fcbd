/// Numbers that a printed seed brings back (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  let seed: UInt64
  private var state: UInt64

  init(seed: UInt64) {
    self.seed = seed
    state = seed
  }

  /// A new seed, printed under the name of the property.
  static func printing(_ property: String) -> Self {
    let generator = Self(seed: .random(in: .min ... .max))
    print("property \(property): seed \(generator.seed)")
    return generator
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }

  /// Bytes between noise and one repeated byte.
  mutating func bytes(upTo limit: Int) -> [UInt8] {
    let count = Int.random(in: 0...limit, using: &self)
    let alphabet = UInt8.random(in: 0...255, using: &self)
    var output: [UInt8] = []
    output.reserveCapacity(count)
    while output.count < count {
      if output.count > 8, Bool.random(using: &self) {
        let start = Int.random(in: 0..<output.count, using: &self)
        let end = min(start + Int.random(in: 1...200, using: &self), output.count)
        output.append(contentsOf: Array(output[start..<end]))
      } else {
        output.append(UInt8.random(in: 0...alphabet, using: &self))
      }
    }
    return Array(output.prefix(count))
  }
}
