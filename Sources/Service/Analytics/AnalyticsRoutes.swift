internal import Access
internal import AnalyticsStore
internal import Core
internal import HTTPTypes
internal import Hummingbird
internal import ListCache
internal import Tenancy

/// `GET /api/analytics/summary`, `/api/analytics/attack` and `/api/sources`.
struct AnalyticsRoutes {
  let desk: AnalyticsDesk
  let cached: CachedReads

  func add(to routes: RouteTable) {
    routes.on(Self.summaryEndpoint, use: summary)
    routes.on(Self.attackEndpoint, use: attack)
    routes.on(Self.sourcesEndpoint, use: sources)
  }

  @Sendable private func summary(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    let organization = try context.authenticated().organization
    let query = try request.query(of: Self.summaryEndpoint)
    let now = Timestamp.now
    let wanted = try SummaryRequest(query, now: now)
    return try await cached.respond(
      request, .analytics(organization, list: "analytics.summary", eventsOf: wanted.range),
      query: wanted.canonical, lifetime: .count, isDerived: true
    ) {
      let summary = try await desk.summary(wanted.range, of: organization)
      let titles = try await desk.titles(
        of: organization,
        Array(summary.detections.groups.keys) + Array(summary.incidents.counts.groups.keys))
      return LoadedBody(
        bytes: JSONWriter.object { json in
          json.summaryMembers(summary, wanted.range, titles: titles, at: now)
        })
    }
  }

  /// What `format` may be.
  private enum Format: String, CaseIterable {
    case json, navigator
  }

  @Sendable private func attack(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    let organization = try context.authenticated().organization
    let query = try request.query(of: Self.attackEndpoint)
    let now = Timestamp.now
    let wanted = try SummaryRequest(query, now: now, interval: .day, days: 30)
    let format: Format = try query.choice("format") ?? .json
    return try await cached.respond(
      request, .analytics(organization, list: "analytics.attack"),
      query: "\(wanted.canonical)\n\(format.rawValue)", lifetime: .list, isDerived: true
    ) {
      let coverage = try await desk.coverage(wanted.range, of: organization, at: now)
      return LoadedBody(
        bytes: JSONWriter.object { json in
          switch format {
          case .json: json.coverageMembers(coverage)
          case .navigator:
            NavigatorLayer(coverage: coverage, name: "Harrier coverage").write(to: &json)
          }
        })
    }
  }

  @Sendable private func sources(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    let organization = try context.authenticated().organization
    _ = try request.query(of: Self.sourcesEndpoint)
    return try await cached.respond(
      request, .analytics(organization, list: "analytics.sources"), query: "", lifetime: .brief
    ) {
      let activity = try await desk.tenants.withConnection(organization) { connection in
        try SourceQueries.activity(organization, at: .now, on: connection)
      }
      return LoadedBody(bytes: JSONWriter.object { $0.activityMembers(activity) })
    }
  }
}
