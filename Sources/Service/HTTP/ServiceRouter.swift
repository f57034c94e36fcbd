internal import Hummingbird

/// The router with everything that every answer has: request id, timing, security headers, gzip, 304,
/// and problems in place of errors.
enum ServiceRouter {
  /// - Parameters:
  ///   - origins: whose pages may read answers.
  ///   - addRoutes: adds the routes; the middleware is in place by then.
  static func responder(
    origins: Set<String> = [],
    _ addRoutes: (Router<HarrierRequestContext>) throws -> Void
  ) rethrows -> RouterResponder<HarrierRequestContext> {
    let router = Router(
      context: HarrierRequestContext.self, options: [.autoGenerateHeadEndpoints])
    let routes = RouteIndex()
    router.add(middleware: RequestIDMiddleware())
    router.add(middleware: TimingMiddleware())
    router.add(middleware: SecurityHeadersMiddleware())
    if !origins.isEmpty { router.add(middleware: CrossOriginMiddleware(origins: origins)) }
    router.add(middleware: ProblemMiddleware(routes: routes))
    router.add(middleware: GzipMiddleware())
    router.add(middleware: ConditionalMiddleware())
    try addRoutes(router)
    routes.take(router)
    return router.buildResponder()
  }
}
