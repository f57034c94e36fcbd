internal import Core
internal import HTTPTypes
internal import Hummingbird
internal import Logging

/// Makes every error an answer: what the caller did wrong is told him, what broke on our side is
/// logged and told by its request id only.
struct ProblemMiddleware: RouterMiddleware {
  let routes: RouteIndex

  @concurrent func handle(
    _ request: Request, context: HarrierRequestContext, next: Next
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch let error as AnsweredError {
      var response = respond(to: error.error, request, context)
      response.headers.append(contentsOf: error.headers)
      return response
    } catch {
      return respond(to: error, request, context)
    }
  }

  private func respond(
    to error: any Error, _ request: Request, _ context: HarrierRequestContext
  ) -> Response {
    if let error = error as? HTTPError, error.status == .notFound,
      case let allowed = routes.methods(at: request.uri.path), !allowed.isEmpty
    {
      if request.method == .options {
        var response = Response.noContent
        response.headers[.allow] = allowed.joined(separator: ", ")
        return response
      }
      let problem = Problem.methodNotAllowed(request.method.rawValue, allowed: allowed)
      var response = problem.response(to: request, requestID: context.requestID)
      response.headers[.allow] = allowed.joined(separator: ", ")
      return response
    }
    guard let problem = Problem.describing(error) else {
      context.logger.error(
        "request failed",
        metadata: [
          "error": "\(error)", "method": "\(request.method)",
          "endpoint": "\(context.endpointPath ?? "")",
        ])
      return Problem.internalError.response(to: request, requestID: context.requestID)
    }
    var response = problem.response(to: request, requestID: context.requestID)
    if let error = error as? HTTPError { response.headers.append(contentsOf: error.headers) }
    return response
  }
}
