internal import Access
internal import Core
internal import HTTPTypes
internal import IncidentStore

extension IncidentRoutes {
  /// `status`, `severity` and so on: what lists and facets are narrowed by.
  private static let filters: [Endpoint.Parameter] = [
    .query(
      "status", "Some of the statuses with commas between them, or `all`.",
      .string(pattern: "^(all|\(several(IncidentStatus.self)))$")),
    .query(
      "severity", "Some of the severities with commas between them.",
      .string(pattern: "^\(several(IncidentSeverity.self))$")),
    .query(
      "verdict", "Some of the verdicts with commas between them.",
      .string(pattern: "^\(several(IncidentVerdict.self))$")),
    .query(
      "assignee", "An email, `me` for a person who is logged in, or `none` for nobody's.",
      .string(minimum: 1, maximum: 320)),
    .query(
      "technique", "An ATT&CK technique such as `T1110`, with its sub-techniques, or `T1110.001`.",
      .string(pattern: "^[Tt][0-9]{4}(\\.[0-9]{3})?$")),
    .query(
      "entity", "What incidents are about: `ip:203.0.113.7`, `host:db-1` or `user:root`.",
      .string(maximum: 512, pattern: "^(ip|host|user):[^\\r\\n]+$")),
    .query("rule", "The id of the rule that raised them.", .string(minimum: 1, maximum: 512)),
    .query("tag", "A tag.", .string(minimum: 1, maximum: 100)),
    .query(
      "q",
      "Whole words of title and reason, all of them, in any case; words of one or two letters "
        + "are passed over.", .string(minimum: 1, maximum: 96)),
    .query("created_since", "Not older than this.", .time),
    .query("updated_since", "Not unchanged since.", .time),
  ]

  private static func several<Value: CaseIterable & RawRepresentable>(_: Value.Type) -> String
  where Value.RawValue == String {
    let one = "(\(Value.allCases.map(\.rawValue).joined(separator: "|")))"
    return "\(one)(,\(one)){0,9}"
  }

  private static let orders = IncidentSort.Key.allCases.flatMap {
    [$0.rawValue, "-\($0.rawValue)"]
  }

  static let listEndpoint = Endpoint(
    .get, "/api/incidents", "list_incidents", tag: "incidents",
    "Lists incidents, newest first.", caller: .scope(.incidentsRead),
    parameters: filters + [
      .query("sort", "The order; `-` before it for descending.", .choice(orders)),
      .query(
        "fields", "The members that are shown, with commas between them.",
        .string(
          pattern: "^(\(IncidentMember.all.joined(separator: "|")))"
            + "(,(\(IncidentMember.all.joined(separator: "|")))){0,23}$")),
      .query(
        "count",
        "`estimate` counts up to 10,000 and estimates beyond, `exact` counts up to 1,000,000.",
        .choice(IncidentListRequest.Count.self)),
      .limit, .cursor,
    ], answers: [.json(.named("IncidentPage"), "One page.", headers: ["ETag"])])

  static let facetsEndpoint = Endpoint(
    .get, "/api/incidents/facets", "count_incidents", tag: "incidents",
    "Counts incidents by status, severity, assignee, verdict and rule.",
    caller: .scope(.incidentsRead), parameters: filters,
    answers: [.json(.named("IncidentFacets"), "The counts.", headers: ["ETag"])])

  static let createEndpoint = Endpoint(
    .post, "/api/incidents", "create_incident", tag: "incidents", "Opens an incident by hand.",
    caller: .scope(.incidentsWrite), body: .json(.named("NewIncident")),
    answers: [
      .json(.named("Incident"), "It is open.", status: 201, headers: ["Location", "ETag"])
    ])

  static let bulkEndpoint = Endpoint(
    .post, "/api/incidents/bulk", "change_incidents", tag: "incidents",
    "Makes one change to up to 500 incidents, each for itself.", caller: .scope(.incidentsWrite),
    body: .json(
      .object([
        .member(
          "incidents",
          .array(
            .anyOf([
              .string(maximum: 250),
              .object([
                .member("id", .string(maximum: 250)),
                .optional("if_revision", .integer(1...Int(Int32.max))),
              ]),
            ]), minimum: 1, maximum: bulkMost), "Ids or numbers such as `INC-7`."),
        .member("change", .named("IncidentChange")),
      ])), answers: [.json(.named("BulkResults"), "What became of each.")])

  static let itemEndpoint = Endpoint(
    .get, "/api/incidents/{id}", "get_incident", tag: "incidents", "One incident.",
    caller: .scope(.incidentsRead), parameters: [name],
    answers: [.json(.named("Incident"), headers: ["ETag"])])

  static let patchEndpoint = Endpoint(
    .patch, "/api/incidents/{id}", "change_incident", tag: "incidents",
    "Changes what is given (RFC 7396).", caller: .scope(.incidentsWrite),
    parameters: [name, .ifMatch],
    body: Endpoint.Body(contentTypes: [
      ("application/json", .named("IncidentChange")),
      ("application/merge-patch+json", .named("IncidentChange")),
    ]), answers: changed, problems: [409])

  static let putEndpoint = Endpoint(
    .put, "/api/incidents/{id}", "replace_incident", tag: "incidents",
    "Replaces what a person can change; what is not given gets what a new incident has.",
    caller: .scope(.incidentsWrite), parameters: [name, .ifMatch],
    body: .json(.named("IncidentChange")), answers: changed, problems: [409])

  static let name = Endpoint.Parameter.path(
    "id", "An id, or a number such as `INC-7`.", .string(minimum: 1))

  static let changed: [Endpoint.Answer] = [
    .json(.named("Incident"), "It is changed.", headers: ["ETag"]),
    .json(
      .named("Incident"), "Somebody was faster: this is how it stands now.", status: 412,
      headers: ["ETag"]),
  ]
}
