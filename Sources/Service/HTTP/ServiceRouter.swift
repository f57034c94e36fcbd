internal import Hummingbird

/// The router with everything that every answer has (``AnswerMiddleware``).
enum ServiceRouter {
  /// - Parameters:
  ///   - origins: whose pages may read answers.
  ///   - proxies: who may say who the client is.
  ///   - addRoutes: adds the routes; the middleware is in place by then.
  static func responder(
    origins: Set<String> = [], proxies: TrustedProxies = TrustedProxies(),
    _ addRoutes: (Router<HarrierRequestContext>) throws -> Void
  ) rethrows -> RouterResponder<HarrierRequestContext> {
    let router = Router(
      context: HarrierRequestContext.self, options: [.autoGenerateHeadEndpoints])
    let routes = RouteIndex()
    router.add(
      middleware: AnswerMiddleware(
        problems: ProblemAnswer(routes: routes), proxies: proxies,
        crossOrigin: origins.isEmpty ? nil : CrossOriginHeaders(origins: origins)))
    try addRoutes(router)
    routes.take(router)
    return router.buildResponder()
  }
}
