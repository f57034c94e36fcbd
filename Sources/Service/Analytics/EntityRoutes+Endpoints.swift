internal import Access
internal import AnalyticsStore
internal import Core
internal import HTTPTypes

extension EntityRoutes {
  static let listEndpoint = Endpoint(
    .get, "/api/entities", "list_entities", tag: "entities",
    "Addresses, hosts and users that incidents name, those at the most risk first.",
    caller: .scope(.incidentsRead),
    parameters: [
      .query("type", "Only these.", .choice(EntityType.self)),
      .query("sort", "By risk if it is not given.", .choice(EntityFilter.Sort.self)),
      .limit, .cursor,
    ],
    answers: [.json(.named("EntityPage"))])

  static let itemEndpoint = Endpoint(
    .get, "/api/entities/{type}/{value}", "get_entity", tag: "entities",
    "One entity with the incidents that its risk is made of, the newest first.",
    caller: .scope(.incidentsRead),
    parameters: [
      .path("type", "What it is.", .choice(EntityType.self)),
      .path("value", "The address or name.", .string(minimum: 1)),
      .query("limit", "The most incidents that are listed.", .integer(1...1000)),
      .query(
        "contributions",
        "`counting` lists the incidents that add to the risk, `all` also false positives.",
        .choice(EntityAnswer.Contributions.self)),
    ],
    answers: [.json(.named("EntityDetail"))])

  static let schemas: [(name: String, schema: Schema)] = [
    (
      "EntityPage",
      .page(
        "entities", of: .named("Entity"),
        and: [
          .member("at", .time, "The risks are as of then."),
          .member("as_of", .time, "All changes of incidents until then are counted."),
        ])
    ),
    (
      "EntityDetail",
      .object(
        AnalyticsRoutes.entityMembers + [
          .member("at", .time), .member("as_of", .time),
          .member("half_life_seconds", .integer()),
          .member("contributions", .array(contribution)),
          .member("contributions_complete", .boolean),
        ])
    ),
  ]

  private static let contribution = Schema.object([
    .member(
      "incident",
      .object([
        .member("id", .uuid), .member("number", .text), .member("title", .text),
        .member("severity", .choice(IncidentSeverity.self)),
        .member("status", .choice(IncidentStatus.self)),
        .member("verdict", .nullable(.choice(IncidentVerdict.self))),
      ])),
    .member("at", .time), .member("severity_weight", .number), .member("state_factor", .number),
    .member("age_factor", .number),
    .member("points", .number, "severity_weight × state_factor × age_factor"),
  ])
}
