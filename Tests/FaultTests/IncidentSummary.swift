internal import Foundation
internal import ServiceHarness

/// What of an incident depends on nothing but the events.
struct IncidentSummary: Decodable, Hashable, Sendable {
  struct Rule: Decodable, Hashable, Sendable { var id: String }
  struct Entity: Decodable, Hashable, Sendable {
    var type: String
    var value: String
  }

  var rule: Rule
  var srcIP: String?
  var entities: Set<Entity>
  var severity: String
  var status: String
  var eventCount: Int
  var firstEventAt: String
  var lastEventAt: String

  private enum CodingKeys: String, CodingKey {
    case rule, entities, severity, status
    case srcIP = "src_ip"
    case eventCount = "event_count"
    case firstEventAt = "first_event_at"
    case lastEventAt = "last_event_at"
  }
}

extension IncidentSummary: CustomStringConvertible {
  var description: String {
    let names = entities.map { "\($0.type):\($0.value)" }.sorted().joined(separator: " ")
    return "\(rule.id) \(severity) \(status) [\(names)] \(srcIP ?? "-") \(eventCount) events "
      + "\(firstEventAt) to \(lastEventAt)"
  }
}

/// How many of each: two incidents may look alike.
typealias IncidentCounts = [IncidentSummary: Int]

extension Installation {
  /// Every open incident, through the API, page by page. What was merged into another or withdrawn
  /// because of a late event depends on the order of arrival.
  func incidents(key: String) async throws -> IncidentCounts {
    struct Page: Decodable {
      var incidents: [IncidentSummary]
      var nextCursor: String?

      private enum CodingKeys: String, CodingKey {
        case incidents
        case nextCursor = "next_cursor"
      }
    }
    var counts: IncidentCounts = [:]
    var cursor: String?
    repeat {
      let target = "/api/incidents?limit=200" + (cursor.map { "&cursor=\($0)" } ?? "")
      let response = try await ask(
        HTTPRequest("GET", target, headers: [("Authorization", "Bearer \(key)")]))
      guard response.status == 200 else {
        throw HarnessError("\(target) answered \(response.status) \(response.text)")
      }
      let page = try JSONDecoder().decode(Page.self, from: Data(response.body))
      for incident in page.incidents where incident.status == "open" {
        counts[incident, default: 0] += 1
      }
      cursor = page.nextCursor
    } while cursor != nil
    return counts
  }
}
