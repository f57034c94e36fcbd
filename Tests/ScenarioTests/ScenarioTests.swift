internal import Testing

/// The API's behaviour, file by file. Each scenario uses names and addresses of its own, as all share
/// one installation.
@Suite(.serialized, .stage, .timeLimit(.minutes(10)))
struct ScenarioTests {
  @Test("scenario", arguments: Array(try Scenario.all.get().enumerated()))
  func scenario(number: Int, scenario: Scenario) async throws {
    let stage = try #require(ScenarioStage.current)
    var runner = ScenarioRunner(
      installation: stage.installation,
      variables: Variables(stage.cast.values, number: number + 1))
    let differences = try await runner.play(scenario)
    #expect(differences.isEmpty, "\(scenario.name): \(scenario.promise)")
  }
}
