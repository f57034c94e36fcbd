internal import Access
internal import Core
internal import EventStore
internal import HTTPTypes
internal import Hummingbird

extension EventRoutes {
  @Sendable func export(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    let organization = try context.authenticated().organization
    let query = try EventExportRequest(
      request.query(of: Self.exportEndpoint), organization: organization, now: .now)
    let place = try exports.enter(organization)
    // A filter that can't be answered in time is refused before the answer begins.
    let first = try await events.list(
      query.selection.filter, ascending: query.order == .ascending,
      limit: min(EventExport.pageSize, query.limit + 1), withRaw: query.withRaw)
    let export = EventExport(
      events: events, request: query, first: first, place: place,
      reader: StalledReader(abort: context.breakOff), path: request.uri.path,
      requestID: context.requestID)
    return Response(
      status: .ok,
      headers: [
        .contentType: query.format.contentType,
        .contentDisposition: "attachment; filename=\"events.\(query.format.rawValue)\"",
      ],
      body: ResponseBody { writer in try await export.write(to: &writer) })
  }
}
