internal import Access
internal import Core
internal import Hummingbird
internal import IncidentStore

extension IncidentRoutes {
  static let bulkMost = 500

  /// One change of many incidents. Each is changed, or not, for itself, and the answer tells of each in
  /// the order in which they were named.
  @Sendable func bulk(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query(of: Self.bulkEndpoint)
    let principal = try context.authenticated()
    let body = try await request.jsonObject(
      allowing: ["incidents", "change"], limit: Self.bodyLimit)
    let items = try Self.items(body)
    context.auditNote.objects(items.map(\.name))
    guard let object = try body.object("change", allowing: IncidentChange.members) else {
      throw body.invalid("change", "missing", "is needed")
    }
    var change = try IncidentChange(patch: object)
    try await assignment.resolve(&change, for: principal)
    let known = items.compactMap(\.reference)
    let results = try await desk.change(
      known, change, of: principal.organization, actor: principal.subject.description)
    var next = results.makeIterator()
    return Response.json { json in
      json.array("results") { json in
        for item in items {
          json.bulkResult(item.name, item.reference == nil ? .notFound : next.next() ?? .notFound)
        }
      }
    }
  }

  private struct Item {
    let name: String
    /// Nil where the name is none.
    let reference: IncidentReference?
  }

  private static func items(_ body: JSONObject) throws(Problem) -> [Item] {
    let elements = try body.elements(
      "incidents", maximumCount: bulkMost, allowing: ["id", "if_revision"])
    guard let elements, !elements.isEmpty else {
      throw body.invalid("incidents", "missing", "must name 1 to \(bulkMost) incidents")
    }
    var items: [Item] = []
    for element in elements {
      switch element {
      case .text(let name):
        items.append(
          Item(name: name, reference: IncidentReference.Name(name).map { IncidentReference($0) }))
      case .object(let object):
        let name = try object.requiredString("id", maximumBytes: 1000)
        let revision = try object.int("if_revision", in: 1...Int(Int32.max)).map { Int32($0) }
        items.append(
          Item(
            name: name,
            reference: IncidentReference.Name(name).map {
              IncidentReference($0, revision: revision)
            }
          ))
      }
    }
    return items
  }
}

extension JSONWriter {
  fileprivate mutating func bulkResult(_ name: String, _ result: IncidentChangeResult) {
    object { json in
      json.member("id", name)
      switch result {
      case .changed(let incident):
        json.member("status", 200)
        json.member("revision", incident.revision)
      case .stale(let incident):
        json.member("status", 412)
        json.member("revision", incident.revision)
        json.problem(
          "stale", "the incident was changed meanwhile: it has revision \(incident.revision)")
      case .notFound:
        json.member("status", 404)
        json.problem("not_found", "there is no incident of this id")
      case .refused(let errors, let incident):
        json.member("status", 409)
        json.member("revision", incident.revision)
        json.problem("change_refused", errors.map(\.detail).joined(separator: "; "))
      }
    }
  }

  private mutating func problem(_ slug: String, _ detail: String) {
    object("problem") { json in
      json.member("type", "/problems/\(slug)")
      json.member("detail", detail)
    }
  }
}
