internal import Access
internal import Core
internal import HTTPTypes
internal import RuleStore

extension RuleRoutes {
  /// Whoever may read events or incidents, or change rules, may read rules.
  static let reader = Endpoint.Caller.anyOf([.eventsRead, .incidentsRead, .rulesWrite])

  static let listEndpoint = Endpoint(
    .get, "/api/rules", "list_rules", tag: "rules",
    "Lists the rules that the organization has, the installation's among them.", caller: reader,
    parameters: [
      .query("kind", "Kinds of rules, with commas between them.", .choices(RuleKind.self)),
      .query("mode", "Modes, with commas between them.", .choices(RuleMode.self)),
      .query("level", "Levels, with commas between them.", .choices(RuleListRequest.levels)),
      .query("base", "Whether they are the installation's.", .boolean),
      .query("q", "A part of the title or the id.", .string(minimum: 1, maximum: 200)),
      .query(
        "sort", "`-cost` puts the dearest first, `-detections` the most frequent.",
        .choice(RuleListRequest.Sort.self)), .limit, .cursor,
    ], answers: [.json(.page("rules", of: .named("Rule")))])

  static let itemEndpoint = Endpoint(
    .get, "/api/rules/{id}", "get_rule", tag: "rules",
    "A rule with its document: as it is now, or one of its versions.", caller: reader,
    parameters: [
      .ruleID,
      .query("version", "A version, in place of the one in force.", .integer(1...Int(Int32.max))),
    ], answers: [.json(.anyOf([.named("RuleItem"), .named("RuleVersionItem")]))])

  static let versionsEndpoint = Endpoint(
    .get, "/api/rules/{id}/versions", "list_rule_versions", tag: "rules",
    "The versions of a rule, newest first.", caller: reader,
    parameters: [.ruleID, .limit, .cursor],
    answers: [.json(.page("versions", of: .named("RuleVersion")))])

  static let historyEndpoint = Endpoint(
    .get, "/api/rules/{id}/history", "list_rule_history", tag: "rules",
    "What was done to a rule, by whom and when, newest first.", caller: reader,
    parameters: [.ruleID, .limit, .cursor],
    answers: [.json(.page("history", of: .named("RuleRevision")))])

  static let createEndpoint = Endpoint(
    .post, "/api/rules", "create_rules", tag: "rules",
    "Adds rules: one or more documents of Sigma YAML, all or none.", caller: .scope(.rulesWrite),
    parameters: [.mode], body: document,
    answers: [
      .json(
        .object([.member("revision", .integer()), .member("rules", .array(.named("Rule")))]),
        "The rules as they are now.", status: 201, headers: ["Location"])
    ], problems: [409, 422])

  static let replaceEndpoint = Endpoint(
    .put, "/api/rules/{id}", "replace_rule", tag: "rules",
    "Makes a new version of a rule. One of the installation's gets a version of the organization's.",
    caller: .scope(.rulesWrite), parameters: [.ruleID, .mode, .ifMatch], body: document,
    answers: [changed, stale], problems: [409, 422])

  static let setModeEndpoint = Endpoint(
    .patch, "/api/rules/{id}", "set_rule_mode", tag: "rules",
    "Enables or disables a rule, or lets it run without raising incidents.",
    caller: .scope(.rulesWrite), parameters: [.ruleID, .ifMatch],
    body: .json(.object([.member("mode", .choice(RuleMode.self))])), answers: [changed, stale],
    problems: [409])

  static let deleteEndpoint = Endpoint(
    .delete, "/api/rules/{id}", "delete_rule", tag: "rules",
    "Deletes a rule of the organization; where it stood in for one of the installation's, that is "
      + "back.",
    caller: .scope(.rulesWrite), parameters: [.ruleID, .ifMatch],
    answers: [
      .json(
        .anyOf([
          .named("ChangedRule"),
          .object([.member("id", .text), .member("revision", .integer())]),
        ]), "The rule that is in its place now, or only the id where there is none."), stale,
    ], problems: [409])

  private static let changed = Endpoint.Answer.json(
    .named("ChangedRule"), "The rule as it is now.", headers: ["ETag"])
  private static let stale = Endpoint.Answer.json(
    .named("RuleItem"), "Somebody was faster: the rule as it is now.", status: 412,
    headers: ["ETag"])
  private static let document = Endpoint.Body(contentTypes: [
    ("application/yaml", .string(minimum: 1, maximum: RuleBody.limit)),
    (
      "application/json",
      .object([
        .member("source", .string(minimum: 1, maximum: RuleBody.limit), "Sigma YAML."),
        .optional(
          "mode", .nullable(.choice(RuleMode.self)), "Wins over the parameter of the query."),
      ])
    ),
  ])

  static let schemas: [(name: String, schema: Schema)] = [
    ("Rule", .object(ruleMembers)), ("RuleItem", .object(ruleMembers + [source])),
    ("ChangedRule", .object(ruleMembers + [source, .member("revision", .integer())])),
    ("RuleVersion", .object(versionMembers)),
    ("RuleVersionItem", .object(versionMembers + [source])),
    (
      "RuleRevision",
      .object([
        .member("revision", .integer()), .member("base", .boolean), .member("at", .time),
        .member("actor", .text), .member("change", .map(.any), "With `action`."),
      ])
    ),
  ]

  private static let source = SchemaMember.member("source", .text, "The document as it was given.")
  private static let commonMembers: [SchemaMember] = [
    .member("id", .text), .member("version", .integer()), .member("kind", .choice(RuleKind.self)),
    .member("title", .text), .member("level", .nullable(.text)),
    .member("mode", .choice(RuleMode.self)),
    .member("base", .boolean, "Whether it is one of the installation's."),
  ]
  private static let made: [SchemaMember] = [
    .member("created_at", .time), .member("created_by", .text),
  ]
  private static let versionMembers = commonMembers + made
  private static let ruleMembers =
    commonMembers + [
      .member("tags", .array(.text)),
      .member(
        "attack",
        .object([.member("tactics", .array(.text)), .member("techniques", .array(.text))])),
    ] + made + [
      .member(
        "cost",
        .object([
          .member("ns_per_event", .nullable(.number)), .member("detections", .nullable(.integer())),
        ]), "As this node measures it; nulls where it has not."),
      .member("state_bytes", .nullable(.integer()), "Of a correlation on this node."),
      .member("refusal", .nullable(.text), "Why it does not run."),
    ]
}

extension Endpoint.Parameter {
  static let ruleID = path("id", "The id of the rule.", .string(minimum: 1, maximum: 512))
  fileprivate static let mode = query(
    "mode", "The mode of the rules; without it that which is in force, or `enabled`.",
    .choice(RuleMode.self))
}
