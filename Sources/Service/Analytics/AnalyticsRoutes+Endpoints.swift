internal import Access
internal import AnalyticsStore
internal import Core
internal import HTTPTypes

extension AnalyticsRoutes {
  static let summaryEndpoint = Endpoint(
    .get, "/api/analytics/summary", "summarize", tag: "analytics",
    "Events, detections and incidents of a range, what is open now, and how long answers take.",
    caller: .scope(.incidentsRead),
    parameters: [
      .from, .to,
      .query(
        "interval",
        "Hours up to 31 days, or days up to 366; hours for 3 days or less if it is not given. "
          + "Incidents are always counted by day.",
        .choice(SummaryRange.Interval.self)),
    ],
    answers: [.json(.named("Summary"))])

  static let attackEndpoint = Endpoint(
    .get, "/api/analytics/attack", "attack_coverage", tag: "analytics",
    "Which ATT&CK techniques the rules cover, whether data for them arrives, and what was seen.",
    caller: .scope(.incidentsRead),
    parameters: [
      .from, .to,
      .query(
        "format", "`navigator` gives a layer for the ATT&CK Navigator, in its format 4.5.",
        .choice(["json", "navigator"])),
    ],
    answers: [.json(.anyOf([.named("AttackCoverage"), .named("NavigatorLayer")]))])

  static let sourcesEndpoint = Endpoint(
    .get, "/api/sources", "list_sources", tag: "analytics",
    "How alive each source is: its last event, its lag, how much it sends.",
    caller: .scope(.eventsRead), answers: [.json(.named("Sources"))])

  static let schemas: [(name: String, schema: Schema)] = [
    ("Summary", summarySchema), ("Entity", .object(entityMembers)),
    ("AttackCoverage", coverageSchema), ("NavigatorLayer", layerSchema),
    ("Sources", sourcesSchema),
  ]

  private static let range: [SchemaMember] = [.member("from", .time), .member("to", .time)]

  private static func counts(_ name: String) -> [SchemaMember] {
    range + [
      .member("total", .integer()),
      .member(
        "series",
        .array(.object([.member("start", .time), .member(name, .integer())]))),
    ]
  }

  private static func groups(_ key: SchemaMember, _ name: String) -> Schema {
    .array(.object([key, .member(name, .integer())]))
  }

  private static func rules(_ name: String) -> SchemaMember {
    .member(
      "by_rule",
      .array(
        .object([
          .member("rule", .nullable(.text)), .member("title", .nullable(.text)),
          .member(name, .integer()),
        ])), "The 50 with the most; no rule where people opened the incidents.")
  }

  private static let severities = SchemaMember.member(
    "by_severity", groups(.member("severity", .choice(IncidentSeverity.self)), "incidents"))

  private static let times = Schema.object([
    .member("incidents", .integer(), "How many it has happened to."),
    .member("mean_seconds", .nullable(.number)), .member("median_seconds", .nullable(.number)),
    .member("p90_seconds", .nullable(.number)),
  ])

  private static let summarySchema = Schema.object([
    .member("as_of", .time, "All changes of incidents until then are counted."),
    .member("interval", .choice(SummaryRange.Interval.self)),
    .member(
      "events",
      .object(
        counts("events") + [
          .member("by_source_type", groups(.member("source_type", .text), "events")),
          .member("by_severity", groups(.member("severity", .integer(0...10)), "events")),
        ])),
    .member("detections", .object(counts("detections") + [rules("detections")])),
    .member(
      "incidents",
      .object(
        counts("incidents") + [
          .member("merged", .integer(), "Merged into others, and in no other number."),
          rules("incidents"), severities,
          .member(
            "by_status",
            groups(
              .member(
                "status",
                .choice(IncidentStatus.allCases.filter { $0 != .merged }.map(\.rawValue))),
              "incidents")),
          .member(
            "by_verdict",
            groups(.member("verdict", .nullable(.choice(IncidentVerdict.self))), "incidents")),
        ]), "Incidents opened in the range, as they stand now."),
    .member(
      "response",
      .object(range + [.member("acknowledge", times), .member("resolve", times)]),
      "From the opening of the incidents of the range."),
    .member(
      "open",
      .object([.member("at", .time), .member("total", .integer()), severities])),
    .member(
      "top_entities",
      .object([.member("at", .time), .member("entities", .array(.named("Entity")))])),
  ])

  static let entityMembers: [SchemaMember] = [
    .member("type", .choice(EntityType.self)), .member("value", .text),
    .member("risk", .number), .member("incidents", .integer()), .member("last_seen", .time),
  ]

  private static let states: [SchemaMember] = AttackCoverage.State.allCases.map {
    .member($0.rawValue, .integer())
  }

  private static let coverageSchema = Schema.object([
    .member("as_of", .time), .member("from", .time), .member("to", .time),
    .member("data_from", .time, "Rules without an event of their log sources since are inert."),
    .member("rules", .object(states + [.member("untagged", .integer())])),
    .member(
      "tactics",
      .array(
        .object([
          .member("tactic", .nullable(.text)), .member("name", .nullable(.text)),
          .member(
            "techniques",
            .array(
              .object(
                [.member("technique", .text)] + states + [
                  .member("detections", .integer()), .member("incidents", .integer()),
                  .member(
                    "rules",
                    .array(
                      .object([
                        .member("id", .text), .member("title", .text),
                        .member("state", .choice(AttackCoverage.State.self)),
                      ]), maximum: 20)),
                ]))),
        ]))),
  ])

  private static let layerSchema = Schema.object([
    .member("name", .text),
    .member(
      "versions", .object([.member("navigator", .text), .member("layer", .choice(["4.5"]))])),
    .member("domain", .choice(["enterprise-attack"])), .member("description", .text),
    .member("sorting", .integer(0...3)),
    .member(
      "layout",
      .object([
        .member("layout", .text), .member("showID", .boolean), .member("showName", .boolean),
        .member("expandedSubtechniques", .text),
      ])),
    .member("hideDisabled", .boolean),
    .member(
      "techniques",
      .array(
        .object([
          .member("techniqueID", .text), .optional("tactic", .text), .member("score", .integer()),
          .optional("color", .text), .member("comment", .text), .member("enabled", .boolean),
        ]))),
    .member(
      "gradient",
      .object([
        .member("colors", .array(.text)), .member("minValue", .integer()),
        .member("maxValue", .integer()),
      ])),
    .member(
      "legendItems", .array(.object([.member("label", .text), .member("color", .text)]))),
    .member("showTacticRowBackground", .boolean),
    .member("selectTechniquesAcrossTactics", .boolean),
  ])

  private static let sourcesSchema = Schema.object([
    .member("at", .time),
    .member("recent_from", .time, "`recent_events` are those since then, by their own time."),
    .member("day_from", .time, "`day_events` are those since then, by their own time."),
    .member("listed_from", .time, "Sources without an event since are not listed."),
    .member(
      "sources",
      .array(
        .object([
          .member("source_type", .text),
          .member(
            "last_event_at", .nullable(.time),
            "Null where newer events of other sources hide it in its hour, `last_hour`."),
          .member("last_hour", .time),
          .member("silent_seconds", .number, "At least so long, where the last event is hidden."),
          .member("lag_seconds", .nullable(.number), "From the last event to its arrival."),
          .member("recent_events", .integer()), .member("day_events", .integer()),
          .member("quarantined", .integer(), "In the 24 hours before `at`."),
        ]))),
    .member(
      "sensors",
      .array(
        .object([
          .member("key_id", .nullable(.text)), .member("source", .text),
          .member("last_batch_at", .time), .member("batches", .integer()),
          .member("received", .integer()), .member("stored", .integer()),
          .member("duplicates", .integer()), .member("quarantined", .integer()),
        ])), "What each credential has sent in the 24 hours before `at`."),
    .member("sensors_complete", .boolean, "Whether all its batches are counted."),
  ])
}
