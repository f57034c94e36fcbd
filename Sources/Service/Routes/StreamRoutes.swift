internal import Access
internal import Core
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Outbox

/// `GET /api/stream`: server-sent events.
struct StreamRoutes {
  let access: AccessControl
  let desk: StreamDesk

  func add(to routes: RouteTable) {
    routes.on(Self.streamEndpoint, use: stream)
  }

  @Sendable private func stream(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    let query = try request.query(of: Self.streamEndpoint)
    let topics = try StreamTopic.read(try query.string("topics"))
    let asked = try query.string("last_event_id")
    let resume = try (request.headers[.lastEventID] ?? asked).map(Self.position)
    let principal = try context.authenticated()
    try principal.require(topics)
    let seat = try desk.hub.reserve(principal.organization)
    let extent = try await desk.extent(of: principal.organization)
    let stream = LiveStream(
      desk: desk, seat: seat,
      subscriber: StreamSubscriber(
        principal, topics: topics, capacity: desk.hub.limits.buffer, abort: context.breakOff),
      extent: extent, resume: resume,
      check: { await check(request, principal, topics) })
    return Response(
      status: .ok,
      headers: [
        .contentType: "text/event-stream", .cacheControl: "no-store", .accelBuffering: "no",
        .connection: "close",
      ],
      body: ResponseBody { writer in
        try await request.body.consumeWithCancellationOnInboundClose { _ in
          try await stream.run(&writer)
        }
      })
  }

  private static func position(_ text: String) throws(Problem) -> Int64 {
    guard (1...18).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let position = Int64(text)
    else {
      throw QueryReader.invalid("last_event_id", "must be the id of an event of this stream")
    }
    return position
  }

  /// Whether the credential is still what it was when the stream was opened.
  private func check(
    _ request: Request, _ principal: Principal, _ topics: Set<StreamTopic>
  ) async -> LiveStream.Check {
    do {
      let now = try await access.authenticate(request)
      guard now.organization == principal.organization, now.subject == principal.subject else {
        return .refused
      }
      try now.require(topics)
      return .good(until: now.expiresAt)
    } catch let problem as Problem {
      return problem.status < 500 ? .refused : .unknown
    } catch {
      return .unknown
    }
  }
}

extension HTTPField.Name {
  static let lastEventID = Self("Last-Event-ID")!
  static let accelBuffering = Self("X-Accel-Buffering")!
}
