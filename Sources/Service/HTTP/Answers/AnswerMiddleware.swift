internal import HTTPTypes
internal import Hummingbird

/// Gives every answer what all answers have: a request id, what it cost, headers for browsers, gzip, a tag
/// and 304 for what the client has already, and problems in place of errors.
///
/// It is one middleware, since each costs every request a call that may suspend.
struct AnswerMiddleware: RouterMiddleware {
  let problems: ProblemAnswer
  let proxies: TrustedProxies
  /// Nil where no other origin may read.
  let crossOrigin: CrossOriginHeaders?

  @concurrent func handle(
    _ request: Request, context: HarrierRequestContext, next: Next
  ) async throws -> Response {
    let start = ContinuousClock.now
    var context = context
    let brought = request.headers.first(.requestID)
    context.requestID =
      brought.flatMap { RequestIdentifier.isValid($0) ? $0 : nil } ?? RequestIdentifier.make()
    context.forwarded = proxies.client(request.headers, peer: context.peer)
    var response = await RequestTimings.$current.withValue(context.timings) {
      await answer(request, context, next)
    }
    crossOrigin?.add(to: &response, of: request)
    SecurityHeaders.add(to: &response)
    TimingHeaders.add(to: &response, context.timings.read, total: ContinuousClock.now - start)
    response.headers.put(.requestID, context.requestID)
    // What no route answers has a body, and would be taken for the next answer.
    return request.method == .head ? response.createHeadResponse() : response
  }

  private func answer(
    _ request: Request, _ context: HarrierRequestContext, _ next: Next
  ) async -> Response {
    do {
      return try await shaped(try await next(request, context), request)
    } catch {
      let problem = problems.response(to: error, request, context)
      // What can't be compressed goes out as it is.
      return (try? await shaped(problem, request)) ?? problem
    }
  }

  private func shaped(_ response: Response, _ request: Request) async throws -> Response {
    var response = response
    try await ConditionalAnswer.tag(&response, to: request)
    ConditionalAnswer.shorten(&response, to: request)
    try await GzipAnswer.compress(&response, to: request)
    return response
  }
}
