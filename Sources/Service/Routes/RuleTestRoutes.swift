internal import Access
internal import Backtest
internal import Core
internal import EventStore
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import RuleStore
internal import Rulebook

/// `POST /api/rules/{id}/test`: runs a rule over stored events and streams how far it is, then the
/// report, as lines of JSON. Nothing is stored.
struct RuleTestRoutes {
  let access: AccessControl
  let desk: RuleDesk
  let gate = OrganizationGate.ofRuleTests()

  func add(to routes: RouteTable) {
    routes.on(Self.testEndpoint, use: test)
  }

  @Sendable private func test(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query(of: Self.testEndpoint)
    let organization = try context.authenticated().organization
    guard let id = context.pathParameter("id") else { throw Problem.noSuch("rule") }
    let body = try await RuleTestBody(request)
    let place = try gate.enter(organization)
    let test: BacktestRequest
    do {
      test = try await self.request(id, body, of: organization)
    } catch let error as BacktestError {
      throw Problem(error)
    }
    let stream = RuleTestStream(
      backtest: desk.backtest, request: test, place: place, target: request,
      requestID: context.requestID)
    return Response(
      status: .ok, headers: [.contentType: "application/x-ndjson"],
      body: ResponseBody { writer in try await stream.write(to: &writer) })
  }

  private func request(
    _ id: String, _ body: RuleTestBody, of organization: OrganizationID
  ) async throws -> BacktestRequest {
    let rules = try await desk.rulebook.latest(organization)
    let current = rules.record(id)
    guard current != nil || body.source != nil else { throw Problem.noSuch("rule") }
    let candidate =
      body.source.map { rules.trial(of: [id], document: $0, feeding: true) }
      ?? rules.trial(of: [id], feeding: true)
    var baseline: BacktestRules?
    if let version = body.baseline {
      guard let record = try await desk.store.record(id, organization, version: version) else {
        throw Problem.noSuch("rule and version")
      }
      baseline = try self.rules(
        rules.trial(of: [id], with: [record], feeding: true), id, version: version)
    }
    return BacktestRequest(
      range: EventRecordRange(
        organization: organization, from: body.from, to: body.to, sourceType: body.sourceType),
      candidate: try self.rules(
        candidate, id, version: body.source == nil ? current?.version : nil),
      baseline: baseline, limits: body.limits)
  }

  private func rules(
    _ trial: RuleTrialSet, _ id: String, version: Int32?
  ) throws -> BacktestRules {
    guard trial.refusals.isEmpty else { throw Problem.refused(trial.refusals) }
    guard trial.subjects.contains(id) else { throw Problem.otherRule([], wanted: id) }
    return try BacktestRules(
      trial.set, subjects: trial.subjects, version: version, gap: desk.rulebook.gap)
  }
}

/// Writes a test's lines. A client that goes away ends the test: the next line finds no reader.
private struct RuleTestStream: Sendable {
  let backtest: Backtest
  let request: BacktestRequest
  let place: OrganizationGate.Place
  let target: Request
  let requestID: String

  @concurrent func write(to writer: inout any ResponseBodyWriter) async throws {
    let (lines, line) = AsyncStream.makeStream(
      of: String.self, bufferingPolicy: .bufferingNewest(1))
    async let last = report(to: line)
    for await text in lines { try await writer.write(ByteBuffer(string: text + "\n")) }
    try await writer.write(ByteBuffer(string: try await last + "\n"))
    try await writer.finish(nil)
    withExtendedLifetime(place) {}
  }

  /// The last line: the report, or, since the answer has begun, the problem as `{"error":{…}}`.
  private func report(to line: AsyncStream<String>.Continuation) async throws -> String {
    defer { line.finish() }
    do {
      return try await offEventLoop { try await backtest.run(request) { line.yield($0.json) }.json }
    } catch is CancellationError {
      throw CancellationError()
    } catch {
      let problem =
        (error as? BacktestError).map { Problem($0) } ?? Problem.describing(error)
        ?? Problem.internalError
      let body = problem.json(instance: target.uri.path, requestID: requestID)
      return #"{"error":\#(String(decoding: body, as: UTF8.self))}"#
    }
  }
}
