internal import Access
internal import Backtest
internal import Core
internal import HTTPTypes

extension RuleTestRoutes {
  static let testEndpoint = Endpoint(
    .post, "/api/rules/{id}/test", "test_rule", tag: "rules",
    "Runs a rule over stored events: lines of JSON, `progress` as it goes and the `report`, or "
      + "`error`, in the end. Nothing is stored.", caller: .scope(.eventsRead),
    parameters: [.ruleID],
    body: .json(
      .object([
        .member("from", .time), .member("to", .time, "Later than `from`."),
        .optional(
          "source", .nullable(.string(minimum: 1, maximum: RuleBody.limit)),
          "Sigma YAML to test in place of what is in force."),
        .optional(
          "against_version", .nullable(.integer(1...Int(Int32.max))), "A version to compare with."),
        .optional("source_type", .nullable(.string(minimum: 1, maximum: 64))),
        .optional("limits", .nullable(.object(limits))),
      ])),
    answers: [.stream("application/x-ndjson", "Lines of JSON.")], problems: [409, 422])

  private static let limits: [SchemaMember] = [
    .optional("events", .nullable(.integer(1...BacktestLimits().events))),
    .optional("seconds", .nullable(.integer(1...RuleTestBody.longestSeconds))),
    .optional("incidents", .nullable(.integer(1...BacktestLimits().incidents))),
    .optional("samples", .nullable(.integer(1...RuleTestBody.mostSamples))),
  ]
}
