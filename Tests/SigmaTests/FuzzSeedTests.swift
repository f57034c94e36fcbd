import SigmaFuzzing
import Testing

/// `ops/fuzz` in small: seeds that once found a difference, and some new ones each time.
@Suite struct FuzzSeedTests {
  private static let kept: [UInt64] = [1, 2, 3]

  @Test func evaluatorsAgree() throws {
    var random = SystemRandomNumberGenerator()
    let fresh = (0..<40).map { _ in random.next() }
    var matches = 0
    var questions = 0
    for seed in Self.kept + fresh {
      let round = try FuzzRound(seed: seed)
      #expect(round.differences.isEmpty, "\(round.differences.first ?? "")")
      matches += round.matches
      questions += round.questions
    }
    #expect(matches > questions / 50, "the random rules hardly ever match")
  }
}
