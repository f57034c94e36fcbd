internal import Core
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Telemetry

/// `GET /healthz`, `/readyz` and `/metrics`: for those who run the service. They show no tenant's data
/// and need no credential.
struct OperationRoutes {
  let readiness: Readiness
  let metrics: MetricsRegistry

  func add(to routes: RouteTable) {
    routes.on(Self.healthEndpoint, use: health)
    routes.on(Self.readyEndpoint, use: ready)
    routes.on(Self.metricsEndpoint, use: exposition)
  }

  private static let healthEndpoint = Endpoint(
    .get, "/healthz", "health", tag: "operations", "200 while the process answers at all.",
    caller: .anyone, limit: .none, answers: [.json(.object([.member("status", .choice(["ok"]))]))])

  private static let readyEndpoint = Endpoint(
    .get, "/readyz", "readiness", tag: "operations",
    "200 if the service can do its work, else 503; each dependency with its state.",
    caller: .anyone, limit: .none,
    answers: [.json(.named("Readiness")), .json(.named("Readiness"), "Not ready.", status: 503)])

  private static let metricsEndpoint = Endpoint(
    .get, "/metrics", "metrics", tag: "operations", "Metrics for Prometheus.", caller: .anyone,
    limit: .none, answers: [.stream("text/plain", "The text exposition format.")])

  static let schemas: [(name: String, schema: Schema)] = [
    (
      "Readiness",
      .object([
        .member("status", .choice(["ready", "not_ready"])),
        .member(
          "checks",
          .array(
            .object([
              .member("name", .text), .member("healthy", .boolean), .member("vital", .boolean),
              .member("detail", .nullable(.text)),
            ]))),
      ])
    )
  ]

  /// 200 while the process answers at all.
  @Sendable private func health(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    Response.json { $0.member("status", "ok") }
  }

  /// 200 if the service can do its work, else 503; each dependency with its state.
  @Sendable private func ready(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    let checks = await readiness.check()
    return Response.json(status: Readiness.isReady(checks) ? .ok : .serviceUnavailable) {
      $0.readinessMembers(checks)
    }
  }

  @Sendable private func exposition(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    Response(
      status: .ok, headers: [.contentType: MetricsRegistry.contentType],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: metrics.exposition())))
  }
}
