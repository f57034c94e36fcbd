internal import Core
internal import HTTPTypes
internal import Hummingbird
internal import Logging

/// Makes every error an answer: what the caller did wrong is told him, what broke on our side is
/// logged and told by its request id only.
struct ProblemAnswer {
  let routes: RouteIndex

  func response(
    to error: any Error, _ request: Request, _ context: HarrierRequestContext
  ) -> Response {
    guard let answered = error as? AnsweredError else {
      return plainResponse(to: error, request, context)
    }
    var response = plainResponse(to: answered.error, request, context)
    response.headers.append(contentsOf: answered.headers)
    return response
  }

  private func plainResponse(
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
          "endpoint": "\(context.endpointPath ?? "")", "request_id": "\(context.requestID)",
          "subject": "\(context.auditNote.read.actor)",
          "organization": "\(context.auditNote.read.organization)",
        ])
      return Problem.internalError.response(to: request, requestID: context.requestID)
    }
    var response = problem.response(to: request, requestID: context.requestID)
    if let error = error as? HTTPError { response.headers.append(contentsOf: error.headers) }
    return response
  }
}
