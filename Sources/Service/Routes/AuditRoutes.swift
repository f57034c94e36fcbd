internal import Access
internal import Core
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// `GET /api/audit` and its export.
struct AuditRoutes {
  enum Format: String, CaseIterable, Sendable {
    case ndjson, csv
  }

  let access: AccessControl
  let audit: AuditQueries

  /// Entries that are read at a time.
  private static let exportPage = 1000

  func add(to routes: RouteTable) {
    routes.on(Self.listEndpoint, use: list)
    routes.on(Self.exportEndpoint, use: export)
  }

  @Sendable private func list(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    let organization = try context.authenticated().organization
    let wanted = try AuditListRequest(
      try request.query(of: Self.listEndpoint), of: organization, now: .now, access.cursors)
    // One more than a page tells whether there is another.
    let found = try await audit.list(
      wanted.filter, of: organization, after: wanted.position, limit: wanted.limit + 1)
    let page = found.prefix(wanted.limit)
    let next = found.count > page.count ? page.last : nil
    return Response.json { json in
      json.array("entries") { json in
        for entry in page { json.object { $0.auditMembers(entry.entry) } }
      }
      json.member("next_cursor", next.map { wanted.cursor(after: $0, access.cursors) })
      json.member("from", wanted.filter.from)
      json.member("to", wanted.end)
    }
  }

  @Sendable private func export(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    let organization = try context.authenticated().organization
    let query = try request.query(of: Self.exportEndpoint)
    let format: Format = try query.choice("format") ?? .ndjson
    let wanted = try AuditFilter(query, now: .now)
    let first = try await audit.list(wanted, of: organization, limit: Self.exportPage)
    let headers: HTTPFields = [
      .contentType: format == .csv ? "text/csv; charset=utf-8" : "application/x-ndjson",
      .contentDisposition: "attachment; filename=\"audit.\(format.rawValue)\"",
      .cacheControl: "no-store",
    ]
    return Response(
      status: .ok, headers: headers,
      body: ResponseBody { [audit] writer in
        if format == .csv { try await writer.write(ByteBuffer(bytes: AuditEntry.csvHeader)) }
        var page = first
        while !page.isEmpty {
          var buffer = ByteBuffer()
          for entry in page {
            switch format {
            case .csv: buffer.writeBytes(entry.entry.csvLine)
            case .ndjson: buffer.writeBytes(entry.entry.jsonLine)
            }
          }
          try await writer.write(buffer)
          guard page.count == Self.exportPage, let last = page.last else { break }
          page = try await audit.list(
            wanted, of: organization, after: last.position, limit: Self.exportPage)
        }
        try await writer.finish(nil)
      })
  }
}
