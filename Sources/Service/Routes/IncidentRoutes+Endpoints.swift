internal import Access
internal import Core
internal import HTTPTypes

extension IncidentRoutes {
  static let listEndpoint = Endpoint(
    .get, "/api/incidents", "list_incidents", tag: "incidents", "Lists incidents.",
    caller: .scope(.incidentsRead),
    parameters: IncidentListRequest.parameters.map { .query($0, "Narrows or orders the list.") },
    answers: [.json(.any)])

  static let itemEndpoint = Endpoint(
    .get, "/api/incidents/{id}", "get_incident", tag: "incidents", "One incident.",
    caller: .scope(.incidentsRead), answers: [.json(.any)])

  static let createEndpoint = Endpoint(
    .post, "/api/incidents", "create_incident", tag: "incidents", "Opens an incident.",
    caller: .scope(.incidentsWrite), body: .json(.map(.any)),
    answers: [.json(.any, status: 201, headers: ["Location", "ETag"])])

  static let changeEndpoint = Endpoint(
    .patch, "/api/incidents/{id}", "change_incident", tag: "incidents", "Changes an incident.",
    caller: .scope(.incidentsWrite), parameters: [.ifMatch], body: .json(.map(.any)),
    answers: [.json(.any), .json(.any, status: 412)], problems: [409])

  static let replaceEndpoint = Endpoint(
    .put, "/api/incidents/{id}", "put_incident", tag: "incidents",
    "The same as PATCH, for older clients.", caller: .scope(.incidentsWrite),
    parameters: [.ifMatch], body: .json(.map(.any)),
    answers: [.json(.any), .json(.any, status: 412)], problems: [409])
}
