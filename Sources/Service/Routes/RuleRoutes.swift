internal import Access
internal import Core
internal import HTTPTypes
internal import Hummingbird
internal import RuleStore
internal import Rulebook
internal import Sigma

/// `GET` and `POST /api/rules`; `GET`, `PUT`, `PATCH` and `DELETE /api/rules/{id}`; its versions and
/// its history.
struct RuleRoutes {
  let access: AccessControl
  let desk: RuleDesk

  func add(to routes: RouteTable) {
    routes.on(Self.listEndpoint, use: list)
    routes.on(Self.itemEndpoint, use: item)
    routes.on(Self.versionsEndpoint, use: versions)
    routes.on(Self.historyEndpoint, use: history)
    routes.on(Self.createEndpoint, use: create)
    routes.on(Self.replaceEndpoint, use: replace)
    routes.on(Self.setModeEndpoint, use: setMode)
    routes.on(Self.deleteEndpoint, use: delete)
  }

  // MARK: Reading

  @Sendable private func list(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    let organization = try context.authenticated().organization
    let query = try RuleListRequest(
      request.query(of: Self.listEndpoint), organization: organization, cursors: access.cursors)
    let all = try await desk.listings(of: organization)
    let (page, cursor) = query.page(of: all, cursors: access.cursors)
    return Response.json { json in
      json.array("rules") { json in
        for view in page { json.object { $0.ruleMembers(view) } }
      }
      json.member("next_cursor", cursor)
    }
  }

  @Sendable private func item(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    let query = try request.query(of: Self.itemEndpoint)
    let organization = try context.authenticated().organization
    guard let id = context.pathParameter("id") else { throw Problem.noSuch("rule") }
    if let version = try query.int("version", in: 1...Int(Int32.max)) {
      guard let record = try await desk.store.record(id, organization, version: Int32(version))
      else { throw Problem.noSuch("rule and version") }
      return Response.json { json in
        json.versionMembers(record.summary)
        json.member("source", record.source)
      }
    }
    guard let view = try await desk.view(id, of: organization) else { throw Problem.noSuch("rule") }
    return Self.answer(view)
  }

  @Sendable private func versions(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    let page = try PageRequest(
      request, Self.versionsEndpoint, context, access.cursors)
    let found = try await desk.store.versions(
      page.name, page.organization, before: page.before.map { Int32(clamping: $0) },
      limit: page.limit)
    guard !found.isEmpty || page.before != nil else { throw Problem.noSuch("rule") }
    return page.answer("versions", found, position: { Int64($0.version) }) { $0.versionMembers($1) }
  }

  @Sendable private func history(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    let page = try PageRequest(request, Self.historyEndpoint, context, access.cursors)
    let known = try await desk.store.versions(page.name, page.organization, limit: 1)
    guard !known.isEmpty else { throw Problem.noSuch("rule") }
    let found = try await desk.store.history(
      page.organization, ruleID: page.name, before: page.before, limit: page.limit)
    return page.answer("history", found, position: \.revision) { $0.revisionMembers($1) }
  }

  // MARK: Changing

  @Sendable private func create(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    let principal = try context.authenticated()
    let body = try await RuleBody(request, of: Self.createEndpoint)
    let made = try await desk.change(principal.organization) { rules in
      let documents = try Self.judge(body, by: rules)
      let known = documents.map(\.id).filter { rules.record($0) != nil }
      guard known.isEmpty else { throw Problem.ruleExists(known) }
      return try await desk.store.put(
        documents, mode: body.mode, organization: principal.organization,
        actor: principal.subject.description, basedOn: rules.revision)
    }
    var views: [RuleView] = []
    for record in made.records {
      if let view = try await desk.view(record.id, of: principal.organization) {
        views.append(view)
      }
    }
    var response = Response.json(status: .created) { json in
      json.member("revision", made.revision)
      json.array("rules") { json in
        for view in views { json.object { $0.ruleMembers(view) } }
      }
    }
    if let first = made.records.first {
      response.headers[.location] = "/api/rules/\(pathEscaped(first.id))"
    }
    return response
  }

  @Sendable private func replace(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    let body = try await RuleBody(request, of: Self.replaceEndpoint)
    return try await change(request, context) { rules, current, principal in
      let documents = try Self.judge(body, by: rules)
      guard documents.map(\.id) == [current.id] else {
        throw Problem.otherRule(documents.map(\.id), wanted: current.id)
      }
      return try await desk.store.put(
        documents, mode: body.mode, organization: principal.organization,
        actor: principal.subject.description, basedOn: rules.revision
      ).revision
    }
  }

  @Sendable private func setMode(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query(of: Self.setModeEndpoint)
    let body = try await request.jsonObject(allowing: "mode")
    guard let mode = try body.choice("mode", of: RuleMode.self) else {
      throw body.invalid("mode", "missing", "is needed")
    }
    return try await change(request, context) { rules, current, principal in
      try Self.refuseBreaking(rules.consequences(of: .setMode(current.id, mode)))
      return try await desk.store.setMode(
        current.id, mode, organization: principal.organization,
        actor: principal.subject.description, basedOn: rules.revision
      ).revision
    }
  }

  @Sendable private func delete(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query(of: Self.deleteEndpoint)
    return try await change(request, context) { rules, current, principal in
      if !current.isBase { try Self.refuseBreaking(rules.consequences(of: .delete(current.id))) }
      return try await desk.store.delete(
        current.id, organization: principal.organization,
        actor: principal.subject.description, basedOn: rules.revision
      ).revision
    }
  }

  /// Changes one rule, if the caller has seen it as it is. The answer is the rule as it then is; without
  /// its members if there is none any more.
  private func change(
    _ request: Request, _ context: HarrierRequestContext,
    _ make: (CompiledRules, RuleRecord, Principal) async throws -> Int64
  ) async throws -> Response {
    let principal = try context.authenticated()
    let organization = principal.organization
    guard let id = context.pathParameter("id") else { throw Problem.noSuch("rule") }
    let revision: Int64? = try await desk.change(organization) { rules in
      guard let current = rules.record(id) else { throw Problem.noSuch("rule") }
      guard let condition = request.headers[.ifMatch] else {
        throw Problem.preconditionRequired("rule")
      }
      guard
        condition == "*"
          || EntityTag(header: condition)?.changeable == current.changeable[...]
      else { return nil }
      return try await make(rules, current, principal)
    }
    let view = try await desk.view(id, of: organization)
    guard let revision else {
      guard let view else { throw Problem.noSuch("rule") }
      return Self.answer(view, status: .preconditionFailed)
    }
    guard let view else {
      return Response.json { json in
        json.member("id", id)
        json.member("revision", revision)
      }
    }
    return Self.answer(view, revision: revision)
  }

  private static func judge(
    _ body: RuleBody, by rules: CompiledRules
  ) throws(Problem) -> [RuleDocument] {
    let check = rules.check(document: body.source, mode: body.mode)
    guard check.refusals.isEmpty else { throw .refused(check.refusals) }
    try refuseBreaking(check.breaks)
    return check.documents
  }

  private static func refuseBreaking(_ broken: [RuleRefusal]) throws(Problem) {
    guard broken.isEmpty else { throw .breaking(broken) }
  }

  private static func answer(
    _ view: RuleView, status: HTTPResponse.Status = .ok, revision: Int64? = nil
  ) -> Response {
    let shown = JSONWriter.object { json in
      json.ruleMembers(view)
      json.member("source", view.record.source)
    }
    let tag = EntityTag(view.record, shown)
    guard let revision else { return Response.json(shown, status: status, tag: tag) }
    return Response.json(status: status, tag: tag) { json in
      json.ruleMembers(view)
      json.member("source", view.record.source)
      json.member("revision", revision)
    }
  }
}
