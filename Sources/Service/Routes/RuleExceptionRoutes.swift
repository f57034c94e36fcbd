internal import Access
internal import Core
internal import HTTPTypes
internal import Hummingbird
internal import RuleStore
internal import Rulebook
internal import Sigma

/// `GET` and `POST /api/exceptions`, `GET` and `DELETE /api/exceptions/{id}`: what is not to raise
/// incidents for a while.
struct RuleExceptionRoutes {
  let access: AccessControl
  let desk: RuleDesk

  func add(to routes: RouteTable) {
    routes.on(Self.listEndpoint, use: list)
    routes.on(Self.itemEndpoint, use: item)
    routes.on(Self.createEndpoint, use: create)
    routes.on(Self.endEndpoint, use: end)
  }

  @Sendable private func list(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    let page = try PageRequest(request, Self.listEndpoint, context, access.cursors)
    let found = try await desk.store.exceptions(
      page.organization, includingEnded: try page.query.bool("ended") ?? false,
      before: page.before, limit: page.limit)
    let now = Timestamp.now
    return page.answer("exceptions", found, position: \.exception.id) {
      $0.exceptionMembers($1, now: now)
    }
  }

  @Sendable private func item(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query(of: Self.itemEndpoint)
    let organization = try context.authenticated().organization
    guard let id = Self.number(context),
      let found = try await desk.store.exception(id, organization)
    else { throw Problem.noSuch("exception") }
    return Response.json { $0.exceptionMembers(found, now: .now) }
  }

  @Sendable private func create(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query(of: Self.createEndpoint)
    let principal = try context.authenticated()
    let new = try NewRuleException(
      try await request.jsonObject(allowing: NewRuleException.members), now: .now)
    let made: (revision: Int64, exception: RuleException)
    do {
      made = try await desk.store.addException(
        new, organization: principal.organization, actor: principal.subject.description)
    } catch let error as RuleStoreError where error.code == .notFound {
      throw Problem.invalidBody([
        FieldError(pointer: "/rule_id", code: "unknown", detail: error.message)
      ])
    } catch let error as RuleStoreError {
      throw Problem(error)
    }
    var response = try await answer(
      made.exception.id, principal.organization, made.revision, status: .created)
    response.headers[.location] = "/api/exceptions/\(made.exception.id)"
    return response
  }

  /// Ends it before its time; it stays to be read.
  @Sendable private func end(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query(of: Self.endEndpoint)
    let principal = try context.authenticated()
    guard let id = Self.number(context) else { throw Problem.noSuch("exception") }
    do {
      let revision = try await desk.store.endException(
        id, organization: principal.organization, actor: principal.subject.description)
      return try await answer(id, principal.organization, revision)
    } catch let error as RuleStoreError where error.code == .notFound {
      throw Problem.noSuch("exception")
    } catch let error as RuleStoreError {
      throw Problem(error)
    }
  }

  private func answer(
    _ id: Int64, _ organization: OrganizationID, _ revision: Int64,
    status: HTTPResponse.Status = .ok
  ) async throws -> Response {
    guard let record = try await desk.store.exception(id, organization) else {
      throw Problem.noSuch("exception")
    }
    return Response.json(status: status) { json in
      json.exceptionMembers(record, now: .now)
      json.member("revision", revision)
    }
  }

  private static func number(_ context: HarrierRequestContext) -> Int64? {
    guard let text = context.parameters.get("id"), (1...19).contains(text.utf8.count),
      text.utf8.allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    return Int64(text)
  }
}

extension NewRuleException {
  static let members = ["rule_id", "entity", "match", "reason", "expires_at"]
  /// How far off an exception may expire.
  private static let longest: Int64 = 366 * Timestamp.microsecondsPerDay
  static let entityTypes = ["ip", "host", "user"]
  /// Of a reason and of an entity's value, in characters.
  static let longestText = 256

  /// - Throws: the ``Problem`` 400 `invalid_body`.
  init(_ body: JSONObject, now: Timestamp) throws(Problem) {
    let reason = try body.requiredString(
      "reason", minimumLength: 1, maximumLength: Self.longestText)
    guard let expiresAt = try body.time("expires_at") else {
      throw body.invalid("expires_at", "missing", "is needed: no exception is for ever")
    }
    guard expiresAt > now, expiresAt <= now.advanced(byMicroseconds: Self.longest) else {
      throw body.invalid("expires_at", "invalid", "must be in the future, a year off at most")
    }
    self.init(
      ruleID: try body.string("rule_id", minimumLength: 1, maximumLength: 512),
      entity: try Self.entity(body),
      match: try Self.match(body), reason: reason, expiresAt: expiresAt)
    guard ruleID != nil || entity != nil || match != nil else {
      throw .invalidBody([
        FieldError(
          pointer: "", code: "missing",
          detail: "name a rule_id, an entity or a match: an exception for everything is none")
      ])
    }
  }

  private static func entity(_ body: JSONObject) throws(Problem) -> RuleException.Entity? {
    guard let entity = try body.object("entity", allowing: ["type", "value"]) else { return nil }
    let type = try entity.requiredString("type", maximumLength: 16)
    let value = try entity.requiredString(
      "value", minimumLength: 1, maximumLength: Self.longestText)
    guard Self.entityTypes.contains(type) else {
      throw entity.invalid(
        "type", "invalid", "must be one of \(entityTypes.joined(separator: ", "))")
    }
    guard type != "ip" || IPAddress(value) != nil else {
      throw entity.invalid("value", "invalid", "must be an IPv4 or IPv6 address")
    }
    return RuleException.Entity(type: type, value: value)
  }

  private static func match(_ body: JSONObject) throws(Problem) -> String? {
    guard let text = try body.container("match", maximumBytes: ExceptionMatch.maximumBytes) else {
      return nil
    }
    do throws(SigmaError) {
      _ = try ExceptionMatch(text)
    } catch {
      throw .invalidBody([
        FieldError(
          pointer: "/match", code: error.code.rawValue, detail: "match: \(error.message)")
      ])
    }
    return text
  }
}

extension JSONWriter {
  mutating func exceptionMembers(_ record: RuleExceptionRecord, now: Timestamp) {
    let exception = record.exception
    let state =
      record.endedAt != nil && record.endedBy != "expiry"
      ? "ended" : exception.expiresAt <= now ? "expired" : "active"
    member("id", String(exception.id))
    member("state", state)
    member("rule_id", exception.ruleID)
    if let entity = exception.entity {
      object("entity") { json in
        json.member("type", entity.type)
        json.member("value", entity.value)
      }
    } else {
      member("entity", String?.none)
    }
    member("match", json: (exception.match ?? "null").utf8)
    member("reason", exception.reason)
    member("created_at", exception.createdAt)
    member("created_by", exception.createdBy)
    member("expires_at", exception.expiresAt)
    member("ended_at", record.endedAt)
    member("ended_by", record.endedBy)
    member("held", record.held)
    member("last_held_at", record.lastHeldAt)
  }
}
