internal import Access
internal import Core
internal import Hummingbird
internal import IncidentStore
internal import ListCache

/// Lists that belong to one incident, cached until an incident of the organization changes.
struct IncidentParts {
  let desk: IncidentDesk
  let cached: CachedReads

  /// - Parameters:
  ///   - list: its name among all lists.
  ///   - load: makes the body; what it throws is answered, such as the ``Problem`` of a cursor that belongs
  ///     to another incident.
  func respond(
    _ request: Request, _ context: HarrierRequestContext, _ list: String,
    load: @escaping @Sendable (Incident, OrganizationID) async throws -> [UInt8]
  ) async throws -> Response {
    let organization = try context.authenticated().organization
    let name = try context.incidentName()
    return try await cached.respond(
      request, .incidents(organization, list: "incidents.\(list)"),
      query: "\(list)=\(name)\n\(request.uri.query ?? "")", lifetime: .item
    ) { [desk] in
      let incident = try await desk.required(name, of: organization)
      return LoadedBody(bytes: try await load(incident, organization))
    }
  }
}
