internal import Access
internal import Core
internal import HTTPTypes
internal import Hummingbird
internal import WebhookStore

/// `/api/webhooks`: whom an organization tells of its incidents, and what became of it.
struct WebhookRoutes {
  let access: AccessControl
  let desk: WebhookDesk

  func add(to routes: RouteTable) {
    routes.on(Self.listEndpoint, use: list)
    routes.on(Self.createEndpoint, use: create)
    routes.on(Self.itemEndpoint, use: item)
    routes.on(Self.changeEndpoint, use: change)
    routes.on(Self.deleteEndpoint, use: delete)
    routes.on(Self.testEndpoint, use: test)
    routes.on(Self.deliveriesEndpoint, use: deliveries)
    routes.on(Self.redeliverEndpoint, use: redeliver)
  }

  @Sendable private func list(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query(of: Self.listEndpoint)
    let all = try await desk.store.all(of: try context.authenticated().organization)
    return Response.json { json in
      json.array("webhooks") { json in
        for webhook in all { json.object { $0.webhookMembers(webhook) } }
      }
      json.member("next_cursor", nil as String?)
    }
  }

  @Sendable private func create(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query(of: Self.createEndpoint)
    let body = try WebhookBody(
      try await request.jsonObject(allowing: WebhookBody.members), policy: desk.policy, isNew: true)
    let made = try await desk.create(body, by: try context.authenticated())
    var response = Response.json(status: .created) {
      $0.webhookMembers(made.webhook, secret: made.secret)
    }
    response.headers[.location] = "/api/webhooks/\(made.webhook.id)"
    return response
  }

  @Sendable private func item(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query(of: Self.itemEndpoint)
    let organization = try context.authenticated().organization
    guard let webhook = try await desk.store.item(try context.webhookID(), of: organization) else {
      throw Problem.noSuch("webhook")
    }
    return Response.json { $0.webhookMembers(webhook) }
  }

  @Sendable private func change(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query(of: Self.changeEndpoint)
    let organization = try context.authenticated().organization
    let id = try context.webhookID()
    let body = try WebhookBody(
      try await request.jsonObject(allowing: WebhookBody.members), policy: desk.policy,
      isNew: false)
    guard let webhook = try await desk.change(id, body, of: organization) else {
      throw Problem.noSuch("webhook")
    }
    return Response.json { $0.webhookMembers(webhook) }
  }

  @Sendable private func delete(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query(of: Self.deleteEndpoint)
    let organization = try context.authenticated().organization
    guard try await desk.store.delete(try context.webhookID(), of: organization) else {
      throw Problem.noSuch("webhook")
    }
    return .noContent
  }

  @Sendable private func test(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query(of: Self.testEndpoint)
    let organization = try context.authenticated().organization
    let id = try context.webhookID()
    guard let queued = try await desk.test(id, of: organization) else {
      throw try await desk.store.item(id, of: organization) == nil
        ? Problem.noSuch("webhook") : .webhookDisabled
    }
    return Response.json(status: .accepted) { $0.deliveryMembers(queued) }
  }

  @Sendable private func deliveries(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    let query = try request.query(of: Self.deliveriesEndpoint)
    let organization = try context.authenticated().organization
    let id = try context.webhookID()
    let limit = try query.int("limit", in: 1...1000) ?? 100
    let state = try query.choice("state", of: WebhookDelivery.State.self)
    let filter = Array("webhooks\n\(organization)\n\(id)\n\(state?.rawValue ?? "")".utf8)
    let before = try query.string("cursor").map { text throws(Problem) in
      try Self.ordinal(try access.cursors.verify(text, filter: filter))
    }
    guard
      let page = try await desk.store.deliveries(
        id, of: organization, state: state, before: before, limit: Int32(limit))
    else { throw Problem.noSuch("webhook") }
    var cursor: String?
    if page.count == limit, let last = page.last {
      let bytes = (0..<8).map { UInt8(truncatingIfNeeded: last.ordinal >> (56 - $0 * 8)) }
      cursor = access.cursors.sign(bytes, filter: filter)
    }
    return Response.json { json in
      json.array("deliveries") { json in
        for delivery in page { json.object { $0.deliveryMembers(delivery) } }
      }
      json.member("next_cursor", cursor)
    }
  }

  private static func ordinal(_ bytes: [UInt8]) throws(Problem) -> Int64 {
    guard bytes.count == 8 else {
      throw QueryReader.invalid("cursor", "comes from another version: begin without a cursor")
    }
    return bytes.reduce(Int64(0)) { $0 << 8 | Int64($1) }
  }

  @Sendable private func redeliver(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query(of: Self.redeliverEndpoint)
    let organization = try context.authenticated().organization
    let id = try context.webhookID()
    guard let delivery = WebhookDeliveryID(context.parameters.get("delivery") ?? "") else {
      throw Problem.noSuch("delivery")
    }
    let result = try await desk.store.redeliver(
      delivery, id, of: organization, for: desk.patienceSeconds)
    switch result {
    case .queued(let queued):
      return Response.json(status: .accepted) { $0.deliveryMembers(queued) }
    case .notFound: throw Problem.noSuch("delivery")
    case .disabled: throw Problem.webhookDisabled
    case .pending:
      throw Problem(
        slug: "delivery_pending", title: "It is still to be sent", status: 409,
        detail: "the delivery has not been given up yet: its next attempt comes by itself")
    }
  }
}

extension HarrierRequestContext {
  /// The webhook that the path names.
  ///
  /// - Throws: the ``Problem`` 404 for what is no id.
  fileprivate func webhookID() throws(Problem) -> WebhookID {
    guard let id = WebhookID(parameters.get("id") ?? "") else { throw Problem.noSuch("webhook") }
    return id
  }
}

extension Problem {
  fileprivate static var webhookDisabled: Problem {
    Problem(
      slug: "webhook_disabled", title: "The webhook is disabled", status: 409,
      detail: "enable it first: PATCH {\"enabled\":true}")
  }
}
