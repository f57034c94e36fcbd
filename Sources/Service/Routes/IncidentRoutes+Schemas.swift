internal import Core
internal import IncidentStore

extension IncidentRoutes {
  static let schemas: [(name: String, schema: Schema)] =
    [
      ("Incident", .object(incident.map { SchemaMember.member($0.0, $0.1, $0.2) })),
      ("IncidentRow", .object(incident.map { SchemaMember.optional($0.0, $0.1, $0.2) })),
      (
        "IncidentPage",
        .page(
          "incidents", of: .named("IncidentRow"),
          and: [.optional("total", .integer()), .optional("total_is_estimate", .boolean)])
      ),
      (
        "IncidentFacets",
        .object([
          .member("total", .integer()),
          .member("complete", .boolean, "Whether all incidents of the filter were counted."),
          .member("status", facet(.choice(IncidentStatus.self))),
          .member("severity", facet(.choice(IncidentSeverity.self))),
          .member("assignee", facet(.nullable(.text))),
          .member("verdict", facet(.choice(IncidentVerdict.self))),
          .member(
            "rule",
            .array(
              .object([
                .member("value", .text), .member("title", .nullable(.text)),
                .member("count", .integer()),
              ]))),
        ])
      ),
      (
        "NewIncident",
        .object([
          .member("reason", .line(4000), "What was seen."),
          .optional("title", .line(500)),
          .optional("severity", .choice(IncidentSeverity.self)),
          .optional("src_ip", .nullable(address)),
          .optional("entities", .array(newEntity, maximum: 100)),
          .optional(
            "assignee", .nullable(.line(320)),
            "`me`, or the email of a user of the organization."),
          .optional("tags", tags),
          .optional("techniques", .array(.string(pattern: IncidentTechnique.pattern), maximum: 50)),
          .optional("occurred_at", .nullable(.time)),
        ])
      ),
      (
        "IncidentChange",
        .change([
          .optional("status", .choice(IncidentStatus.self)),
          .optional("severity", .choice(IncidentSeverity.self)),
          .optional("verdict", .nullable(.choice(IncidentVerdict.self)), "Resolving needs one."),
          .optional("verdict_reason", .nullable(.line(4000))),
          .optional(
            "assignee", .nullable(.line(320)),
            "`me`, or the email of a user of the organization."),
          .optional("title", .line(500)),
          .optional("tags", tags),
          .optional("comment", .line(10_000)),
        ])
      ),
      (
        "BulkResults",
        .object([
          .member(
            "results",
            .array(
              .object([
                .member("id", .text, "As it was named."), .member("status", .integer(200...412)),
                .optional("revision", .integer()),
                .optional("problem", .object([.member("type", .text), .member("detail", .text)])),
              ])))
        ])
      ),
    ] + IncidentLinkRoutes.schemas + IncidentCommentRoutes.schemas + IncidentHistoryRoutes.schemas
    + IncidentExportRoutes.schemas

  private static let tags = Schema.array(.line(100), maximum: 50)

  private static let newEntity = Schema.anyOf([
    .object([
      .member("type", .choice(IncidentEntity.types.filter { $0 != "ip" })),
      .member("value", .line(512)),
    ]),
    .object([.member("type", .choice(["ip"])), .member("value", address)]),
  ])
  private static let address = Schema.anyOf([.format("ipv4"), .format("ipv6")])

  static let entity = Schema.object([.member("type", .text), .member("value", .text)])

  private static func facet(_ value: Schema) -> Schema {
    .array(.object([.member("value", value), .member("count", .integer())]))
  }

  private static let incident: [(String, Schema, String?)] = [
    ("id", .uuid, nil), ("number", .string(pattern: "^INC-[0-9]+$"), nil), ("title", .text, nil),
    ("reason", .text, "Why it was opened."), ("severity", .choice(IncidentSeverity.self), nil),
    ("status", .choice(IncidentStatus.self), nil),
    ("verdict", .nullable(.choice(IncidentVerdict.self)), nil),
    ("verdict_reason", .nullable(.text), nil), ("assignee", .nullable(.text), nil),
    ("tags", .array(.text), nil), ("src_ip", .nullable(.text), nil),
    ("entities", .array(entity), nil),
    (
      "attack",
      .object([.member("tactics", .array(.text)), .member("techniques", .array(.text))]), nil
    ),
    (
      "rule",
      .nullable(
        .object([
          .member("id", .text), .member("version", .integer()), .member("title", .text),
        ])), "Null where a person opened it."
    ),
    ("event_count", .integer(), "With the events of incidents that are merged into it."),
    ("first_event_at", .nullable(.time), nil), ("last_event_at", .nullable(.time), nil),
    ("created_at", .time, nil), ("updated_at", .time, nil),
    ("acknowledged_at", .nullable(.time), nil), ("resolved_at", .nullable(.time), nil),
    ("revision", .integer(), "Grows with each change."),
    ("amended", .boolean, "Whether a late event changed what had been told before."),
    ("merged_into", .nullable(.uuid), nil),
  ]
}
