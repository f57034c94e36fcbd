internal import Access
internal import Core
internal import HTTPTypes
internal import RuleStore

extension ExplainRoutes {
  static let eventEndpoint = Endpoint(
    .get, "/api/events/{id}/explain", "explain_event", tag: "events",
    "Why a rule matches an event, or why not.", caller: .scope(.eventsRead),
    parameters: [
      .path("id", "The id of the event.", .uuid),
      .query(
        "rule", "The id of a rule or a correlation.", .string(minimum: 1, maximum: 512),
        isRequired: true),
      .query("version", "A version, in place of the one in force.", .integer(1...Int(Int32.max))),
    ], answers: [.json(.named("EventExplanation"))], problems: [409])

  static let incidentEndpoint = Endpoint(
    .get, "/api/incidents/{id}/explain", "explain_incident", tag: "incidents",
    "On what an incident rests.", caller: .scope(.incidentsRead),
    parameters: [
      .path(
        "id", "The id of the incident, or its number as `INC-7`.", .string(minimum: 1, maximum: 40))
    ],
    answers: [
      .json(.anyOf([.named("IncidentExplanation"), .named("PersonsIncidentExplanation")]))
    ], problems: [409])

  static let progressEndpoint = Endpoint(
    .get, "/api/rules/{id}/progress", "get_rule_progress", tag: "rules",
    "The groups of a correlation that are nearest to an incident.", caller: RuleRoutes.reader,
    alwaysLoads: true,
    parameters: [.ruleID, .query("limit", "The most groups to show.", .integer(1...100))],
    answers: [.json(.named("RuleProgress"))], problems: [409])

  static let schemas: [(name: String, schema: Schema)] =
    eventSchemas + incidentSchemas + progressSchemas

  private static let correlation = Schema.object([
    .member("title", .text), .member("type", .text), .member("timespan_seconds", .integer()),
    .member("group_by", .array(.text)),
  ])

  private static let logSource = Schema.object([
    .member("category", .nullable(.text)), .member("product", .nullable(.text)),
    .member("service", .nullable(.text)),
  ])

  private static let eventSchemas: [(name: String, schema: Schema)] = [
    (
      "EventExplanation",
      .object([
        .member(
          "event",
          .object([
            .member("id", .uuid), .member("ts", .time), .member("received_at", .time),
            .member("source_type", .text),
          ])), .member("rule", .text), .member("version", .nullable(.integer())),
        .member("matched", .boolean), .member("correlation", .nullable(correlation)),
        .member("rules", .array(.named("RuleInspection"))),
      ])
    ),
    (
      "RuleInspection",
      .object([
        .member("rule", .text), .member("title", .text), .member("matched", .boolean),
        .member(
          "log_source",
          .object([
            .member("fits", .boolean), .member("rule", logSource),
            .member("event", .array(logSource)), .member("reason", .nullable(.text)),
          ])), .member("condition", .text), .member("condition_holds", .boolean),
        .member(
          "failed", .array(.object([.member("search", .text), .member("wanted", .boolean)]))),
        .member(
          "searches",
          .array(
            .object([
              .member("name", .text), .member("holds", .boolean),
              .member("fields", .array(.object(inspectedField))),
              .member("fields_left_out", .integer()),
            ]))), .optional("correlation", .text), .optional("correlated", .boolean),
        .optional(
          "group",
          .array(
            .object([
              .member("name", .text), .member("field", .nullable(.text)),
              .member("value", .nullable(.text)),
            ]))),
      ])
    ),
  ]

  private static let inspectedField: [SchemaMember] = [
    .member("field", .nullable(.text)), .optional("event_field", .text),
    .member("modifiers", .array(.text)), .optional("alternative", .integer()),
    .member("holds", .boolean),
    .member(
      "patterns", .array(.object([.member("pattern", .text), .member("holds", .boolean)]))),
    .member("pattern_count", .integer()), .member("values", .array(.nullable(.text))),
    .member("value_count", .integer()),
  ]

  private static let incidentSchemas: [(name: String, schema: Schema)] = [
    (
      "IncidentExplanation",
      .object([
        .member("incident", .uuid),
        .member(
          "rule",
          .object([
            .member("id", .text), .member("version", .integer()), .member("title", .text),
            .member("known", .boolean),
          ])), .member("group", .map(.nullable(.text))), .member("first_event_at", .time),
        .member("last_event_at", .time), .member("event_count", .integer()),
        .member("correlation", .nullable(correlation)), .member("threshold", .nullable(.text)),
        .member("window", .array(.object(step))), .member("events_left_out", .integer()),
        .member(
          "kept_back",
          .array(
            .object([
              .member("exception", .integer()), .member("reason", .text),
              .member("count", .integer()),
            ]))), .member("stored", .map(.any), "What was stored with the incident."),
      ])
    ),
    (
      "PersonsIncidentExplanation",
      .object([
        .member("incident", .uuid), .member("rule", .null), .member("stored", .map(.any)),
      ])
    ),
  ]

  private static let step: [SchemaMember] = [
    .member("event_id", .uuid), .member("ts", .time), .member("rule", .text),
    .member("source_type", .nullable(.text)), .member("counted", .nullable(.text)),
    .member("measured", .nullable(.number)), .member("match", .nullable(.map(.any))),
    .member("missing", .nullable(.text)),
  ]

  private static let progressSchemas: [(name: String, schema: Schema)] = [
    (
      "RuleProgress",
      .object([
        .member("rule", .text), .member("version", .integer()),
        .member("mode", .choice(RuleMode.self)), .member("at", .time), .member("from", .time),
        .member("complete", .boolean, "Whether all detections of the window were looked at."),
        .member(
          "groups",
          .array(
            .object([
              .member("group", .map(.text)), .member("measured", .nullable(.number)),
              .member("threshold", .nullable(.text)), .member("occurring", .array(.text)),
              .member("distance", .nullable(.number)), .member("holds", .boolean),
              .member("first_event_at", .time), .member("last_event_at", .time),
            ]))),
      ])
    )
  ]
}
