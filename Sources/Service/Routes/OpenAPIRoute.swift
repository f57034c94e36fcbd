internal import HTTPTypes
internal import Hummingbird

/// `GET /openapi.json`: what the routes take and answer, made from the very values that they are
/// routed by.
struct OpenAPIRoute {
  let version: String
  let schemas: [(name: String, schema: Schema)]

  private static let endpoint = Endpoint(
    .get, "/openapi.json", "openapi", tag: "operations", "This document.", caller: .anyone,
    limit: .none, answers: [.json(.map(.any))])

  /// Add it last: it describes what the table holds by then.
  func add(to routes: RouteTable) {
    let document = OpenAPIDocument(
      endpoints: routes.endpoints + [Self.endpoint], schemas: schemas, version: version)
    let json = document.json
    let tag = EntityTag(body: json)
    routes.on(Self.endpoint) { request, _ in
      _ = try request.query(of: Self.endpoint)
      return Response.json(json, tag: tag)
    }
  }
}
