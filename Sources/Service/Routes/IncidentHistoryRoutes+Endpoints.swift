internal import Access
internal import HTTPTypes

extension IncidentHistoryRoutes {
  private static let most = Endpoint.Parameter.query(
    "limit", "The most that are shown.", .integer(1...100))

  static let eventsEndpoint = Endpoint(
    .get, "/api/incidents/{id}/events", "list_incident_events", tag: "incidents",
    "The events that an incident and those that are merged into it rest on, oldest first.",
    caller: .scope(.incidentsRead),
    parameters: [
      IncidentRoutes.name,
      .query(
        "raw",
        "Whether with the records as sensors sent them; a page then ends after some megabytes.",
        .boolean), .limit, .cursor,
    ], answers: [.json(.page("events", of: .named("Evidence")))])

  static let timelineEndpoint = Endpoint(
    .get, "/api/incidents/{id}/timeline", "get_incident_timeline", tag: "incidents",
    "Its events, and what was done about it, in one order of time.",
    caller: .scope(.incidentsRead), parameters: [IncidentRoutes.name, .limit, .cursor],
    answers: [
      .json(
        .page("items", of: .anyOf([.named("TimelineEvent"), .named("TimelineEntry")])))
    ])

  static let journalEndpoint = Endpoint(
    .get, "/api/incidents/{id}/journal", "list_incident_journal", tag: "incidents",
    "What was done to an incident, with the hashes that chain the organization's journal.",
    caller: .scope(.incidentsRead), parameters: [IncidentRoutes.name, .limit, .cursor],
    answers: [.json(.page("entries", of: .named("JournalEntry")))])

  static let relatedEndpoint = Endpoint(
    .get, "/api/incidents/{id}/related", "list_related_incidents", tag: "incidents",
    "Incidents that share entities with this one.", caller: .scope(.incidentsRead),
    parameters: [IncidentRoutes.name, most],
    answers: [.json(.named("RelatedIncidents"), headers: ["ETag"])])

  static let similarEndpoint = Endpoint(
    .get, "/api/incidents/{id}/similar", "list_similar_incidents", tag: "incidents",
    "Incidents that are like this one, with how much and why.", caller: .scope(.incidentsRead),
    parameters: [IncidentRoutes.name, most],
    answers: [.json(.named("SimilarIncidents"), headers: ["ETag"])])

  static let schemas: [(name: String, schema: Schema)] = [
    ("Evidence", .object([.member("ts", .time)] + cited)),
    (
      "TimelineEvent",
      .object([.member("kind", .choice(["event"])), .member("at", .time)] + cited)
    ),
    (
      "TimelineEntry",
      .object([
        .member("kind", .choice(["journal"])), .member("at", .time),
        .member("sequence", .integer()), .member("actor", .text), .member("action", .text),
        .member("detail", .map(.any)),
      ])
    ),
    (
      "JournalEntry",
      .object([
        .member("sequence", .integer(), "In the organization's journal."),
        .member("incident_id", .uuid), .member("at", .time), .member("actor", .text),
        .member("action", .text), .member("detail", .map(.any)),
        .member(
          "previous_hash", .string(pattern: "^[0-9a-f]*$"),
          "Of the entry before it, which may be another incident's."),
        .member("hash", .string(pattern: "^[0-9a-f]{64}$")),
      ])
    ),
    (
      "RelatedIncidents",
      .object([
        .member(
          "incidents",
          .array(
            .object([
              .member("incident", .named("Incident")),
              .member("shared", .array(IncidentRoutes.entity)),
            ]))),
        .member(
          "left_out", .array(IncidentRoutes.entity),
          "Entities that so many incidents have that they relate nothing."),
      ])
    ),
    (
      "SimilarIncidents",
      .object([
        .member(
          "incidents",
          .array(
            .object([
              .member("incident", .named("Incident")), .member("score", .number, "0 to 1."),
              .member("same_rule", .boolean), .member("techniques", .array(.text)),
              .member("entities", .array(IncidentRoutes.entity)),
            ])))
      ])
    ),
  ]

  private static let cited: [SchemaMember] = [
    .member("id", .uuid, "Of the event."),
    .member("rules", .array(.text), "The rules that found it."),
    .member("pinned", .boolean, "Whether it is a copy that was kept when its month went."),
    .member("event", .nullable(.named("Event")), "Null where the event is gone."),
  ]
}
