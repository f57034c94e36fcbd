internal import Access
internal import Core
internal import HTTPTypes
internal import Hummingbird
internal import IncidentStore
internal import NIOCore

/// `GET /api/incidents/{id}/export`.
struct IncidentExportRoutes {
  let desk: IncidentDesk
  /// A bundle is made in memory.
  private let gate = OrganizationGate.ofExports()

  init(desk: IncidentDesk) {
    self.desk = desk
  }

  func add(to routes: RouteTable) {
    routes.on(Self.exportEndpoint, use: export)
  }

  @Sendable private func export(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    let query = try request.query(of: Self.exportEndpoint)
    let organization = try context.authenticated().organization
    let format: IncidentExport.Format = try query.choice("format") ?? .json
    let incident = try await desk.required(try context.incidentName(), of: organization)
    let place = try gate.enter(organization)
    let export = try await desk.export(incident, of: organization)
    let bytes = format == .json ? export.bundle : export.markdown
    var headers: HTTPFields = [.contentType: format.contentType, .cacheControl: "no-store"]
    headers[.contentDisposition] = "attachment; filename=\"\(incident.name).\(format.rawValue)\""
    let reader = StalledReader(abort: context.breakOff)
    // Without its length it is compressed as it goes, and the place is held until the client has it.
    let body = ResponseBody { writer in
      try await reader.write(ByteBuffer(bytes: bytes), to: &writer)
      try await writer.finish(nil)
      withExtendedLifetime(place) {}
    }
    return Response(status: .ok, headers: headers, body: body)
  }
}

extension IncidentExportRoutes {
  static let exportEndpoint = Endpoint(
    .get, "/api/incidents/{id}/export", "export_incident", tag: "incidents",
    "The incident as a file with checksums, which `harrier incidents verify` checks without a database.",
    caller: .scope(.incidentsRead), audit: .always,
    parameters: [
      IncidentRoutes.name,
      .query("format", "JSON, or text for people.", .choice(IncidentExport.Format.self)),
    ],
    answers: [
      Endpoint.Answer(
        status: 200, description: "The file.",
        contents: [("application/json", .named("IncidentBundle")), ("text/markdown", .text)])
    ])

  static let schemas: [(name: String, schema: Schema)] = [
    (
      "IncidentBundle",
      .object([
        .member("format", .text), .member("organization_id", .integer()),
        .member("made_at", .time), .member("parts", .map(.any)),
        .member("checksums", .map(.text), "The SHA-256 of the bytes of each part."),
        .member("sha256", .text, "Of all bytes before it."),
      ])
    )
  ]
}
