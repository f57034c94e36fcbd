internal import Access
internal import Backtest
internal import Core
internal import Correlation
internal import EventStore
internal import HTTPTypes
internal import Hummingbird
internal import IncidentStore
internal import Postgres
internal import RuleStore
internal import Rulebook
internal import Tenancy

/// `GET /api/events/{id}/explain`, `/api/incidents/{id}/explain` and `/api/rules/{id}/progress`.
struct ExplainRoutes {
  let access: AccessControl
  let desk: RuleDesk
  let events: EventQueries
  let incidents: IncidentDesk

  /// Detections that progress is measured by.
  private static let progressDetections: Int64 = 20_000

  func add(to routes: RouteTable) {
    routes.on(Self.eventEndpoint, use: event)
    routes.on(Self.incidentEndpoint, use: incident)
    routes.on(Self.progressEndpoint, use: progress)
  }

  /// Why a rule matches an event, or why not.
  @Sendable private func event(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    let query = try request.query(of: Self.eventEndpoint)
    guard let rule = try query.string("rule", maximumLength: 512) else {
      throw QueryReader.invalid("rule", "is needed: the id of a rule or a correlation")
    }
    let version = try query.int("version", in: 1...Int(Int32.max)).map { Int32($0) }
    let organization = try context.authenticated().organization
    guard let id = context.parameters.get("id").flatMap({ EventID($0) }),
      let event = try await events.event(id, of: organization)
    else { throw Problem.noSuch("event") }
    do {
      let explanation = try await desk.explain(
        event, rule: rule, version: version, of: organization)
      return Self.answer(explanation.json)
    } catch let error as BacktestError {
      throw Problem(error)
    }
  }

  /// On what an incident rests.
  @Sendable private func incident(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query(of: Self.incidentEndpoint)
    let organization = try context.authenticated().organization
    guard let name = context.pathParameter("id", maximumBytes: 40),
      let incident = try await incidents.item(name, of: organization)
    else { throw Problem.noSuch("incident") }
    guard let rule = incident.rule else {
      return Response.json { json in
        json.member("incident", incident.id.description)
        json.member("rule", String?.none)
        json.member("stored", json: incident.explanation.utf8)
      }
    }
    do {
      let explanation = try await desk.explain(incident, rule: rule, of: organization) { id in
        try await events.event(id, of: organization)
      }
      return Self.answer(explanation.json)
    } catch let error as BacktestError {
      throw Problem(error)
    }
  }

  private static func answer(_ json: String) -> Response {
    let body = Array(json.utf8)
    return Response.json(body)
  }

  /// The groups of a correlation that are nearest to an incident.
  @Sendable private func progress(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    let query = try request.query(of: Self.progressEndpoint)
    let limit = try query.int("limit", in: 1...100) ?? 20
    let organization = try context.authenticated().organization
    guard let id = context.pathParameter("id") else { throw Problem.noSuch("rule") }
    let rules = try await desk.rulebook.latest(organization)
    guard let record = rules.record(id) else { throw Problem.noSuch("rule") }
    let now = Timestamp.now
    guard let wanted = CorrelationProgress.history(of: id, in: rules.plans, at: now) else {
      throw Problem.noProgress(rules.listing(id)?.refusal)
    }
    let detections = try await desk.tenants.withConnection(organization) { connection in
      try CorrelationHistory.detections(
        wanted, organization, limit: Self.progressDetections, marks: .none, on: connection)
    }
    let nearest = CorrelationProgress.nearest(
      of: id, in: rules.plans, detections, at: now, limit: limit)
    return Response.json { json in
      json.member("rule", id)
      json.member("version", record.version)
      json.member("mode", record.mode.rawValue)
      json.member("at", now)
      json.member("from", wanted.from)
      json.member("complete", detections.count < Self.progressDetections)
      json.array("groups") { json in
        for group in nearest { json.object { $0.progressMembers(group) } }
      }
    }
  }
}

extension JSONWriter {
  fileprivate mutating func progressMembers(_ progress: CorrelationProgress) {
    object("group") { json in
      for value in progress.group { json.member(value.name, value.value) }
    }
    member("measured", progress.measure)
    member("threshold", progress.threshold?.description)
    member("occurring", progress.occurring)
    member("distance", progress.distance)
    member("holds", progress.holds)
    member("first_event_at", progress.oldest)
    member("last_event_at", progress.newest)
  }
}

extension Problem {
  static func noProgress(_ refusal: String?) -> Problem {
    Problem(
      slug: "no_progress", title: "The rule has no progress", status: 409,
      detail: refusal.map { "the correlation does not run: \($0)" }
        ?? "only a correlation that runs comes nearer to an incident event by event")
  }

  /// What a test or an explanation found wrong with what it was asked.
  init(_ error: BacktestError) {
    switch error.code {
    case .refused where !error.refusals.isEmpty: self = .refused(error.refusals)
    case .range, .limit, .refused:
      self.init(
        slug: "invalid_test", title: "The request cannot be run", status: 400,
        detail: error.message)
    case .unknownRule: self = .noSuch("rule")
    case .unreadable:
      self.init(
        slug: "record_unreadable", title: "The record cannot be read", status: 409,
        detail: "the stored record cannot be read again: \(error.message)")
    }
  }
}
