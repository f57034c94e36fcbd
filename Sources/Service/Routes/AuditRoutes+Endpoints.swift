internal import Access
internal import HTTPTypes

extension AuditRoutes {
  private static let filters: [Endpoint.Parameter] = [
    .query("from", "The beginning, inclusive; 30 days before the end if absent.", .time),
    .query("to", "The end, exclusive; if absent, all there is by now.", .time),
    .query("actor", "Who: `user:7` or `key:…`.", .shortText),
    .query("action", "An `operationId`, such as `update_incident`.", .shortText),
    .query(
      "object", "A kind of object, such as `incidents`, or one of them as `incidents:<id>`.",
      .shortText),
    .query("outcome", "What became of it.", .choice(AuditEntry.Outcome.self)),
  ]

  static let listEndpoint = Endpoint(
    .get, "/api/audit", "list_audit", tag: "audit",
    "Who did what, newest first. Reading is not written down, exports are.",
    caller: .scope(.admin), parameters: filters + [.limit, .cursor],
    answers: [
      .json(
        .page(
          "entries", of: .named("AuditEntry"),
          and: [.member("from", .time), .member("to", .time)]))
    ])

  static let exportEndpoint = Endpoint(
    .get, "/api/audit/export", "export_audit", tag: "audit",
    "All entries of a range as one stream, newest first.", caller: .scope(.admin), audit: .always,
    parameters: [
      .query("format", "`ndjson` if absent.", .choice(AuditRoutes.Format.self))
    ] + filters,
    answers: [
      Endpoint.Answer(
        status: 200, description: "The entries.",
        contents: [("application/x-ndjson", .text), ("text/csv", .text)],
        headers: ["Content-Disposition"])
    ])

  static let schemas: [(name: String, schema: Schema)] = [
    (
      "AuditEntry",
      .object([
        .member("at", .time), .member("actor", .text, "`user:…`, `key:…` or `nobody`."),
        .member("session", .nullable(.text)), .member("address", .nullable(.text)),
        .member("action", .text, "The `operationId` of what was called."),
        .member(
          "object",
          .nullable(.object([.member("type", .text), .member("id", .nullable(.text))]))),
        .member("outcome", .choice(AuditEntry.Outcome.self)),
        .member("status", .integer(100...599)), .member("request_id", .text),
      ])
    )
  ]
}
