internal import ServiceHarness
internal import Testing

/// One installation and one cast for all scenarios of the suite.
struct ScenarioStage: Sendable {
  @TaskLocal static var current: ScenarioStage?

  let installation: Installation
  let cast: Cast
}

/// Sets up the stage around a suite, and takes it down again.
struct StageTrait: SuiteTrait, TestScoping {
  func provideScope(
    for test: Test, testCase: Test.Case?,
    performing function: @concurrent @Sendable () async throws -> Void
  ) async throws {
    try await Installation.with { installation in
      let cast = try await Cast.make(in: installation)
      let stage = ScenarioStage(installation: installation, cast: cast)
      try await ScenarioStage.$current.withValue(stage) { try await function() }
    }
  }
}

extension Trait where Self == StageTrait {
  /// A private installation for the whole suite.
  static var stage: StageTrait { StageTrait() }
}
