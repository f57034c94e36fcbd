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

  func add(to router: Router<HarrierRequestContext>) {
    router.get("/healthz", use: health)
    router.get("/readyz", use: ready)
    router.get("/metrics", use: exposition)
  }

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
    let isReady = checks.allSatisfy { $0.isHealthy || !$0.isVital }
    return Response.json(status: isReady ? .ok : .serviceUnavailable) { json in
      json.member("status", isReady ? "ready" : "not_ready")
      json.array("checks") { json in
        for check in checks {
          json.object { json in
            json.member("name", check.name)
            json.member("healthy", check.isHealthy)
            json.member("vital", check.isVital)
            json.member("detail", check.detail)
          }
        }
      }
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
