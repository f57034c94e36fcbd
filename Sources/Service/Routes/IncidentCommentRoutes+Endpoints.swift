internal import Access
internal import HTTPTypes

extension IncidentCommentRoutes {
  static let listEndpoint = Endpoint(
    .get, "/api/incidents/{id}/comments", "list_comments", tag: "incidents",
    "What was said of an incident, oldest first.", caller: .scope(.incidentsRead),
    parameters: [IncidentRoutes.name, .limit, .cursor],
    answers: [.json(.page("comments", of: .named("Comment")))])

  static let addEndpoint = Endpoint(
    .post, "/api/incidents/{id}/comments", "add_comment", tag: "incidents",
    "Says something of an incident, for good: a comment is never changed.",
    caller: .scope(.incidentsWrite), parameters: [IncidentRoutes.name],
    body: .json(.object([.member("text", .line(10_000))])),
    answers: [.json(.named("Comment"), "It is said.", status: 201)])

  static let withdrawEndpoint = Endpoint(
    .post, "/api/incidents/{id}/comments/{comment}/withdraw", "withdraw_comment",
    tag: "incidents", "Withdraws a comment: its text is no longer shown, but in the journal.",
    caller: .scope(.incidentsWrite), parameters: [IncidentRoutes.name],
    body: .json(.object([.member("reason", .line(1000))])),
    answers: [.json(.named("Comment"), "It is withdrawn, now or before.")])

  static let schemas: [(name: String, schema: Schema)] = [
    (
      "Comment",
      .object([
        .member("id", .integer(), "Its entry in the journal."), .member("at", .time),
        .member("author", .text), .member("text", .nullable(.text), "Null once it is withdrawn."),
        .member(
          "withdrawn",
          .nullable(
            .object([.member("at", .time), .member("by", .text), .member("reason", .text)]))),
      ])
    )
  ]
}
