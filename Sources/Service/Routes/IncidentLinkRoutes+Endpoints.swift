internal import Access
internal import HTTPTypes
internal import IncidentStore

extension IncidentLinkRoutes {
  private static let ifMatch = Endpoint.Parameter.header(
    "If-Match", "The `ETag` of what was seen, if it must not have changed since.",
    .string(minimum: 1))

  private static let names = Schema.array(
    .string(minimum: 1, maximum: 40), minimum: 1, maximum: most)

  private static let answers: [Endpoint.Answer] = [
    .json(.named("LinkedIncident"), "Done, now or before.", headers: ["ETag"]),
    .json(
      .named("Incident"), "Somebody was faster: this is how it stands now.", status: 412,
      headers: ["ETag"]),
  ]

  static let mergeEndpoint = Endpoint(
    .post, "/api/incidents/{id}/merge", "merge_incidents", tag: "incidents",
    "Puts incidents under this one, as links that can be undone.", caller: .scope(.incidentsWrite),
    parameters: [IncidentRoutes.name, ifMatch],
    body: .json(
      .object([.member("incidents", names, "Ids or numbers such as `INC-7`, at least one.")])),
    answers: answers, problems: [409])

  static let splitEndpoint = Endpoint(
    .post, "/api/incidents/{id}/split", "split_incident", tag: "incidents",
    "Lets merged incidents stand alone again, or puts events of this one into a new one.",
    caller: .scope(.incidentsWrite), parameters: [IncidentRoutes.name, ifMatch],
    body: .json(
      .anyOf([
        .object([.member("incidents", names)]),
        .object([
          .member(
            "events",
            .array(.string(minimum: 1, maximum: 40), maximum: IncidentLinks.mostEvents)),
          .member("title", .line(500)),
        ]),
      ])), answers: answers, problems: [409])

  static let undoEndpoint = Endpoint(
    .post, "/api/incidents/{id}/undo", "undo_link", tag: "incidents",
    "Takes back the last merge or split of this incident.", caller: .scope(.incidentsWrite),
    parameters: [IncidentRoutes.name, ifMatch],
    body: .json(.object([.member("sequence", .integer(1...Int(Int64.max)))])),
    answers: answers, problems: [409])

  static let schemas: [(name: String, schema: Schema)] = [
    (
      "LinkedIncident",
      .object([
        .member("incident", .named("Incident")),
        .member(
          "sequence", .nullable(.integer()),
          "What `undo` takes back: the entry of the journal; null where nothing is to be undone."),
      ])
    )
  ]
}
