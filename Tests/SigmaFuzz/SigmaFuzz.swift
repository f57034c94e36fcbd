import SigmaFuzzing

#if canImport(Glibc)
  import Glibc
#endif

/// `sigma-fuzz [SECONDS [SEED]]` runs rounds for that long, from a random seed or from `SEED`, prints
/// what differs, and ends with 1 if anything does.
@main enum SigmaFuzz {
  private static let maximumDifferences = 20

  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst().map { UInt64($0) }
    guard !arguments.contains(nil), arguments.count <= 2 else {
      print("usage: sigma-fuzz [SECONDS [SEED]]")
      exit(2)
    }
    let seconds = arguments.first.flatMap(\.self) ?? 600
    var seed = arguments.dropFirst().first.flatMap(\.self) ?? UInt64.random(in: 0 ... .max)
    let clock = ContinuousClock()
    let end = clock.now + .seconds(Int64(clamping: seconds))
    var rounds = 0
    var questions = 0
    var matches = 0
    var withoutOpinion = 0
    var differing = 0
    print("first seed \(seed)")
    repeat {
      let round = try FuzzRound(seed: seed)
      rounds += 1
      questions += round.questions
      matches += round.matches
      withoutOpinion += round.withoutOpinion
      if !round.differences.isEmpty {
        differing += 1
        print(round.differences[0])
      }
      seed &+= 1
    } while clock.now < end && differing < maximumDifferences
    print(
      """
      \(rounds) rounds, \(questions) questions, \(matches) matches, second reading without opinion on \
      \(withoutOpinion), \(differing) rounds with differences
      """)
    if differing > 0 { exit(1) }
  }
}
