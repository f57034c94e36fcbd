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
  let desk: IncidentDesk
  let cached: CachedReads

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
    let organization = try context.authenticated().organization
    let withRaw = try query.bool("raw") ?? false
    let incident = try await desk.required(try context.incidentName(), of: organization)
    let page = try PageCursor(
      query, list: "events \(withRaw)", of: incident, organization, words: 3,
      cursors: access.cursors)
    let found = try await desk.evidence(
      incident.id, limit: page.limit, after: page.words.map { Self.key($0[...]) },
      withRaw: withRaw, of: organization)
    return Response.json { json in
      json.array("events") { json in
        for item in found.items { json.evidence(item.evidence, item.cited) }
      }
      json.member(
        "next_cursor",
        found.hasMore
          ? found.items.last.map { item in
            page.next(Self.words(item.evidence.event), cursors: access.cursors)
          } : nil)
    }
  }

  @Sendable private func timeline(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    let query = try request.query(of: Self.timelineEndpoint)
    let organization = try context.authenticated().organization
    let incident = try await desk.required(try context.incidentName(), of: organization)
    let page = try PageCursor(
      query, list: "timeline", of: incident, organization, words: 4, cursors: access.cursors)
    let found = try await desk.timeline(
      incident.id, limit: page.limit, after: page.words.map(Self.position), of: organization)
    return Response.json { json in
      json.array("items") { json in
        for item in found.items {
          switch item {
          case .event(let evidence):
            json.evidence(evidence, found.events[evidence.event.id], kind: "event")
          case .entry(let entry):
            json.object { json in
              json.member("kind", "journal")
              json.member("at", entry.at)
              json.member("sequence", entry.sequence)
              json.member("actor", entry.actor)
              json.member("action", entry.action)
              json.member("detail", json: entry.detail.utf8)
            }
          }
        }
      }
      json.member(
        "next_cursor",
        found.hasMore
          ? found.items.last.map { page.next(Self.words($0.position), cursors: access.cursors) }
          : nil)
    }
  }

  @Sendable private func journal(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    let query = try request.query(of: Self.journalEndpoint)
    let organization = try context.authenticated().organization
    let incident = try await desk.required(try context.incidentName(), of: organization)
    let page = try PageCursor(
      query, list: "journal", of: incident, organization, words: 1, cursors: access.cursors)
    let found = try await desk.journal(
      incident.id, limit: page.limit + 1, after: page.words?[0] ?? 0, of: organization)
    let entries = found.prefix(page.limit)
    return Response.json { json in
      json.array("entries") { json in
        for entry in entries { json.object { $0.journalMembers(entry) } }
      }
      json.member(
        "next_cursor",
        found.count > entries.count
          ? entries.last.map { page.next([$0.sequence], cursors: access.cursors) } : nil)
    }
  }

  @Sendable private func related(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    let query = try request.query(of: Self.relatedEndpoint)
    let organization = try context.authenticated().organization
    let limit = try query.int("limit", in: 1...100) ?? 20
    let name = try context.incidentName()
    return try await cached.respond(
      request, .incidents(organization, list: "incidents.related"),
      query: "related=\(name)\nlimit=\(limit)", lifetime: .item
    ) { [desk] in
      let incident = try await desk.required(name, of: organization)
      let related = try await desk.related(to: incident, limit: limit, of: organization)
      return LoadedBody(
        bytes: JSONWriter.object { json in
          json.array("incidents") { json in
            for item in related.items {
              json.object { json in
                json.object("incident") { $0.incidentMembers(item.incident) }
                json.entities("shared", item.shared)
              }
            }
          }
          json.entities("left_out", related.stopValues)
        })
    }
  }

  @Sendable private func similar(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    let query = try request.query(of: Self.similarEndpoint)
    let organization = try context.authenticated().organization
    let limit = try query.int("limit", in: 1...100) ?? 20
    let name = try context.incidentName()
    return try await cached.respond(
      request, .incidents(organization, list: "incidents.similar"),
      query: "similar=\(name)\nlimit=\(limit)", lifetime: .item
    ) { [desk] in
      let incident = try await desk.required(name, of: organization)
      let similar = try await desk.similar(to: incident, limit: limit, of: organization)
      return LoadedBody(
        bytes: JSONWriter.object { json in
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
        })
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
