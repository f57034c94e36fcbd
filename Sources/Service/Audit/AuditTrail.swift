internal import Access
internal import Core
internal import HTTPTypes
internal import Hummingbird
internal import Logging

/// Sees to it that what an endpoint does is written down before it is answered.
struct AuditTrail: Sendable {
  let log: AuditLog
  let kept: KeptAnswers

  /// Runs `body`, once the request is let through and has come in whole, and waits until its entry is
  /// committed. No place is taken for a request whose body may never come.
  ///
  /// - Throws: what `body` throws; the ``Problem`` 503 `audit_unavailable` before it is run where there
  ///   is no room, and behind it where the entry could not be committed in time.
  func run(
    _ endpoint: Endpoint, _ request: Request, _ context: HarrierRequestContext,
    _ body: (Request) async throws -> Response
  ) async throws -> Response {
    let request = try await request.received()
    let place = try log.reserve(isAnonymous: endpoint.caller == .anyone)
    let response: Response
    do {
      response = try await body(request)
    } catch {
      let cause = (error as? AnsweredError)?.error ?? error
      let status = Problem.describing(cause)?.status ?? 500
      // Whom nothing proves to be anyone may knock as often as he likes without filling the log, and
      // so may he who was told to wait. Wrong passwords are written down; they are limited.
      let isSomebody = context.auditNote.read.organization != OrganizationID(0)
      guard status != 429, isSomebody || status == 401 else {
        log.giveUp(place)
        throw error
      }
      try await write(entry(endpoint, context, status, location: nil), in: place)
      throw error
    }
    try await write(
      entry(endpoint, context, response.status.code, location: response.headers[.location]),
      in: place)
    return response
  }

  /// Writes down that somebody was not let through because he may not do it.
  func refused(
    _ endpoint: Endpoint, _ context: HarrierRequestContext, _ error: any Error
  ) async throws {
    let cause = (error as? AnsweredError)?.error ?? error
    guard Problem.describing(cause)?.status == 403 else { return }
    let place = try log.reserve(isAnonymous: false)
    try await write(entry(endpoint, context, 403, location: nil), in: place)
  }

  private func write(_ entry: AuditEntry, in place: AuditLog.Place) async throws {
    try await log.record(entry, in: place)
    await kept.changed(.audit, of: entry.organization)
  }

  private func entry(
    _ endpoint: Endpoint, _ context: HarrierRequestContext, _ status: Int, location: String?
  ) -> AuditEntry {
    let note = context.auditNote.read
    let named = location.map(Self.lastPart) ?? endpoint.objectID(context)
    let id = note.objectID ?? named.map { String($0.prefix(100)) }
    return AuditEntry(
      at: .now, organization: note.organization, actor: note.actor, session: note.session,
      address: context.remoteAddress, action: endpoint.name,
      object: AuditEntry.Object(type: endpoint.tag, id: id),
      outcome: status < 400 ? .done : status < 500 ? .refused : .failed, status: status,
      requestID: context.requestID)
  }

  private static func lastPart(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }
}

extension Endpoint {
  /// Whether its calls are written to the audit log.
  enum Audit: Sendable, Hashable {
    /// What may change something is; reading and sending events is not.
    case changes
    case always
    case never
  }

  var isAudited: Bool {
    switch audit {
    case .always: true
    case .never: false
    case .changes:
      ![.get, .head, .options].contains(method) && caller != .anyone
        && caller != .scope(.eventsWrite)
    }
  }

  /// The first parameter of the path.
  fileprivate func objectID(_ context: HarrierRequestContext) -> String? {
    let part = path.split(separator: "/").first { $0.hasPrefix("{") }
    guard let name = part.map({ String($0.dropFirst().dropLast()) }) else { return nil }
    return context.pathParameter(name)
  }
}
