internal import Access
internal import AnalyticsStore
internal import Core
internal import HTTPTypes
internal import Hummingbird
internal import Tenancy

/// `GET /api/quarantine`, `GET /api/quarantine/{id}` and `POST /api/quarantine/{id}/drop`.
struct QuarantineRoutes {
  let access: AccessControl
  let tenants: TenantPool

  func add(to routes: RouteTable) {
    routes.on(Self.listEndpoint, use: list)
    routes.on(Self.itemEndpoint, use: item)
    routes.on(Self.dropEndpoint, use: drop)
  }

  @Sendable private func list(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    let organization = try context.authenticated().organization
    let query = try request.query(of: Self.listEndpoint)
    let state: QuarantinedItem.State? = try query.choice("state")
    let code = try Self.code(query)
    let limit = try query.int("limit", in: 1...1000) ?? 100
    let list = Array(
      "quarantine\n\(organization)\n\(state?.rawValue ?? "-")\n\(code ?? "")".utf8)
    let before: Int64? =
      if let cursor = try query.string("cursor") {
        try Self.position(access.cursors.verify(cursor, filter: list))
      } else { nil }
    let items = try await tenants.withConnection(organization) { connection in
      try QuarantineQueries.list(
        organization, state: state, code: code, limit: limit + 1, before: before, on: connection)
    }
    let page = items.prefix(limit)
    let cursor =
      items.count > page.count
      ? page.last.map { item in
        access.cursors.sign(
          (0..<8).map { UInt8(truncatingIfNeeded: item.id >> (56 - $0 * 8)) }, filter: list)
      } : nil
    return Response.json { json in
      json.array("items") { json in
        for item in page { json.object { $0.quarantineMembers(item) } }
      }
      json.member("next_cursor", cursor)
    }
  }

  @Sendable private func item(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    let organization = try context.authenticated().organization
    _ = try request.query(of: Self.itemEndpoint)
    let id = try Self.id(context)
    let item = try await tenants.withConnection(organization) { connection in
      try QuarantineQueries.item(organization, id, on: connection)
    }
    guard let item else { throw Problem.noSuch("record") }
    return Response.json { $0.quarantineMembers(item) }
  }

  @Sendable private func drop(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    let principal = try context.authenticated()
    _ = try request.query(of: Self.dropEndpoint)
    let id = try Self.id(context)
    let result = try await tenants.withConnection(principal.organization) { connection in
      try QuarantineQueries.drop(
        principal.organization, id, actor: principal.subject.description, on: connection)
    }
    switch result {
    case .dropped(let item): return Response.json { $0.quarantineMembers(item) }
    case .refused(let item):
      throw Problem(
        slug: "not_held", title: "The record is not held", status: 409,
        detail: "it is \(item.state.rawValue) already")
    case .notFound: throw Problem.noSuch("record")
    }
  }

  private static func code(_ query: QueryReader) throws(Problem) -> String? {
    guard let code = try query.string("code", maximumBytes: 100) else { return nil }
    let isName = code.utf8.allSatisfy {
      (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F
    }
    guard isName else {
      throw QueryReader.invalid("code", "must be a reason such as timestamp_out_of_range")
    }
    return code
  }

  private static func id(_ context: HarrierRequestContext) throws(Problem) -> Int64 {
    guard let id = context.parameters.get("id").flatMap({ Int64($0) }) else {
      throw Problem.noSuch("record")
    }
    return id
  }

  private static func position(_ bytes: [UInt8]) throws(Problem) -> Int64 {
    guard bytes.count == 8 else {
      throw QueryReader.invalid("cursor", "comes from another version: begin without a cursor")
    }
    return bytes.reduce(Int64(0)) { $0 << 8 | Int64($1) }
  }
}
