internal import Foundation
internal import ServiceHarness

extension Installation {
  /// Makes the organizations, each with its own number, and for each a key that may do all that these
  /// tests do.
  func makeTenants() async throws -> [Tenant: String] {
    var keys: [Tenant: String] = [:]
    for tenant in Tenant.all {
      _ = try await database.rows(
        "alter table organizations alter column id restart with \(tenant.id)")
      try await makeOrganization(tenant.slug)
      keys[tenant] = try await makeKey(
        organization: tenant.slug, scopes: ["events:write", "events:read", "incidents:read"])
    }
    return keys
  }

  /// The numbers and revisions of an organization's incidents as the API's list tells them.
  func listedIncidents(key: String, node: Int) async throws -> Set<String> {
    struct Page: Decodable {
      struct Incident: Decodable {
        var id: String
        var revision: Int
      }
      var incidents: [Incident]
      var nextCursor: String?

      private enum CodingKeys: String, CodingKey {
        case incidents
        case nextCursor = "next_cursor"
      }
    }
    var found: Set<String> = []
    var cursor: String?
    repeat {
      let target = "/api/incidents?limit=200" + (cursor.map { "&cursor=\($0)" } ?? "")
      let response = try await ask(
        HTTPRequest("GET", target, headers: [("Authorization", "Bearer \(key)")]), node: node)
      guard response.status == 200 else {
        throw HarnessError("\(target) answered \(response.status) \(response.text)")
      }
      let page = try JSONDecoder().decode(Page.self, from: Data(response.body))
      for incident in page.incidents { found.insert("\(incident.id) \(incident.revision)") }
      cursor = page.nextCursor
    } while cursor != nil
    return found
  }
}
