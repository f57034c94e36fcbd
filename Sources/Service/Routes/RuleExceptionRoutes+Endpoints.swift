internal import Access
internal import Core
internal import HTTPTypes
internal import RuleStore

extension RuleExceptionRoutes {
  static let listEndpoint = Endpoint(
    .get, "/api/exceptions", "list_exceptions", tag: "rules", "Lists exceptions, newest first.",
    caller: RuleRoutes.reader,
    parameters: [.query("ended", "Shows those that have ended, too.", .boolean), .limit, .cursor],
    answers: [.json(.page("exceptions", of: .named("RuleException")))])

  static let itemEndpoint = Endpoint(
    .get, "/api/exceptions/{id}", "get_exception", tag: "rules", "One exception.",
    caller: RuleRoutes.reader, parameters: [.exceptionID],
    answers: [.json(.named("RuleException"))])

  static let createEndpoint = Endpoint(
    .post, "/api/exceptions", "create_exception", tag: "rules",
    "Keeps detections from raising incidents for a while: those of a rule, about an entity, or that "
      + "match, or all of these together.", caller: .scope(.rulesWrite),
    body: .json(
      .object([
        .optional("rule_id", .nullable(.string(minimum: 1, maximum: 512))),
        .optional(
          "entity",
          .nullable(
            .object([
              .member("type", .choice(NewRuleException.entityTypes)),
              .member("value", .string(minimum: 1, maximum: NewRuleException.longestText)),
            ]))),
        .optional(
          "match", .nullable(.anyOf([.map(.any), .array(.any)])), "One search of a Sigma rule."),
        .member("reason", .string(minimum: 1, maximum: NewRuleException.longestText)),
        .member("expires_at", .time, "In the future, a year off at most."),
      ])),
    answers: [
      .json(
        .named("ChangedRuleException"), "The exception.", status: 201, headers: ["Location"])
    ], problems: [409])

  static let endEndpoint = Endpoint(
    .delete, "/api/exceptions/{id}", "end_exception", tag: "rules",
    "Ends an exception before its time; it stays to be read.", caller: .scope(.rulesWrite),
    parameters: [.exceptionID], answers: [.json(.named("ChangedRuleException"))], problems: [409])

  static let schemas: [(name: String, schema: Schema)] = [
    ("RuleException", .object(members)),
    ("ChangedRuleException", .object(members + [.member("revision", .integer())])),
  ]

  private static let members: [SchemaMember] = [
    .member("id", .text), .member("state", .choice(["active", "ended", "expired"])),
    .member("rule_id", .nullable(.text)),
    .member(
      "entity", .nullable(.object([.member("type", .text), .member("value", .text)]))),
    .member("match", .any, "One search of a Sigma rule, or null."), .member("reason", .text),
    .member("created_at", .time), .member("created_by", .text), .member("expires_at", .time),
    .member("ended_at", .nullable(.time)), .member("ended_by", .nullable(.text)),
    .member("held", .integer(), "Detections that it kept back."),
    .member("last_held_at", .nullable(.time)),
  ]
}

extension Endpoint.Parameter {
  fileprivate static let exceptionID = path(
    "id", "The number of the exception.", .string(pattern: "^[0-9]{1,19}$"))
}
