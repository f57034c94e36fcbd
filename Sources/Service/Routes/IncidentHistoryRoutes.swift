internal import Access
internal import Core
internal import Correlation
internal import HTTPTypes
internal import Hummingbird
internal import IncidentStore
internal import ListCache

/// `GET /api/incidents/{id}/events`, `timeline`, `journal`, `related` and `similar`.
struct IncidentHistoryRoutes {
  let access: AccessControl
  let parts: IncidentParts

  func add(to routes: RouteTable) {
    routes.on(Self.eventsEndpoint, use: events)
    routes.on(Self.timelineEndpoint, use: timeline)
    routes.on(Self.journalEndpoint, use: journal)
    routes.on(Self.relatedEndpoint, use: related)
    routes.on(Self.similarEndpoint, use: similar)
  }

  @Sendable private func events(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    let query = try request.query(of: Self.eventsEndpoint)
    let withRaw = try query.bool("raw") ?? false
    return try await parts.respond(request, context, "events") {
      [desk = parts.desk, cursors = access.cursors] incident, organization in
      let page = try PageCursor(
        query, list: "events \(withRaw)", of: incident, organization, words: 3, cursors: cursors)
      let found = try await desk.evidence(
        incident.id, limit: page.limit, after: page.words.map { Self.key($0[...]) },
        withRaw: withRaw, of: organization)
      return JSONWriter.object { json in
        json.array("events") { json in
          for item in found.items { json.evidence(item.evidence, item.cited) }
        }
        let last = found.hasMore ? found.items.last : nil
        json.member(
          "next_cursor", last.map { page.next(Self.words($0.evidence.event), cursors: cursors) })
      }
    }
  }

  @Sendable private func timeline(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    let query = try request.query(of: Self.timelineEndpoint)
    return try await parts.respond(request, context, "timeline") {
      [desk = parts.desk, cursors = access.cursors] incident, organization in
      let page = try PageCursor(
        query, list: "timeline", of: incident, organization, words: 4, cursors: cursors)
      let found = try await desk.timeline(
        incident.id, limit: page.limit, after: page.words.map(Self.position), of: organization)
      return JSONWriter.object { json in
        json.array("items") { json in
          for item in found.items {
            switch item {
            case .event(let evidence):
              json.evidence(evidence, found.events[evidence.event.id], kind: "event")
            case .entry(let entry): json.object { $0.timelineMembers(entry) }
            }
          }
        }
        let last = found.hasMore ? found.items.last : nil
        json.member(
          "next_cursor", last.map { page.next(Self.words($0.position), cursors: cursors) })
      }
    }
  }

  @Sendable private func journal(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    let query = try request.query(of: Self.journalEndpoint)
    return try await parts.respond(request, context, "journal") {
      [desk = parts.desk, cursors = access.cursors] incident, organization in
      let page = try PageCursor(
        query, list: "journal", of: incident, organization, words: 1, cursors: cursors)
      let found = try await desk.journal(
        incident.id, limit: page.limit + 1, after: page.words?[0] ?? 0, of: organization)
      let entries = found.prefix(page.limit)
      return JSONWriter.object { json in
        json.array("entries") { json in
          for entry in entries { json.object { $0.journalMembers(entry) } }
        }
        let last = found.count > entries.count ? entries.last : nil
        json.member("next_cursor", last.map { page.next([$0.sequence], cursors: cursors) })
      }
    }
  }

  @Sendable private func related(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    let query = try request.query(of: Self.relatedEndpoint)
    let limit = try query.int("limit", in: 1...100) ?? 20
    return try await parts.respond(request, context, "related") {
      [desk = parts.desk] incident, organization in
      let related = try await desk.related(to: incident, limit: limit, of: organization)
      return JSONWriter.object { json in
        json.array("incidents") { json in
          for item in related.items {
            json.object { json in
              json.object("incident") { $0.incidentMembers(item.incident) }
              json.entities("shared", item.shared)
            }
          }
        }
        json.entities("left_out", related.stopValues)
      }
    }
  }

  @Sendable private func similar(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    let query = try request.query(of: Self.similarEndpoint)
    let limit = try query.int("limit", in: 1...100) ?? 20
    return try await parts.respond(request, context, "similar") {
      [desk = parts.desk] incident, organization in
      let similar = try await desk.similar(to: incident, limit: limit, of: organization)
      return JSONWriter.object { json in
        json.array("incidents") { json in
          for item in similar {
            json.object { json in
              json.object("incident") { $0.incidentMembers(item.incident) }
              json.member("score", item.score)
              json.member("same_rule", item.sharesRule)
              json.member("techniques", item.techniques)
              json.entities("entities", item.entities)
            }
          }
        }
      }
    }
  }

  // MARK: Cursors

  private static func words(_ key: EventKey) -> [Int64] {
    [key.ts.microseconds, Int64(bitPattern: key.id.high), Int64(bitPattern: key.id.low)]
  }

  private static func key(_ words: ArraySlice<Int64>) -> EventKey {
    let words = Array(words)
    return EventKey(
      ts: Timestamp(microseconds: words[0]),
      id: EventID(high: UInt64(bitPattern: words[1]), low: UInt64(bitPattern: words[2])))
  }

  private static func words(_ position: TimelinePosition) -> [Int64] {
    switch position {
    case .event(let key): [0] + words(key)
    case .entry(let at, let sequence): [1, at.microseconds, sequence, 0]
    }
  }

  private static func position(_ words: [Int64]) -> TimelinePosition {
    words[0] == 0
      ? .event(key(words[1...])) : .entry(Timestamp(microseconds: words[1]), words[2])
  }
}

extension JSONWriter {
  fileprivate mutating func timelineMembers(_ entry: IncidentJournalEntry) {
    member("kind", "journal")
    member("at", entry.at)
    member("sequence", entry.sequence)
    member("actor", entry.actor)
    member("action", entry.action)
    member("detail", json: entry.detail.utf8)
  }
}
