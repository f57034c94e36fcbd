internal import HTTPTypes
internal import Hummingbird
internal import Logging

/// Gives each request an id: the one it brings if that is well-formed, else a new one.
struct RequestIDMiddleware: RouterMiddleware {
  @concurrent func handle(
    _ request: Request, context: HarrierRequestContext, next: Next
  ) async throws -> Response {
    var context = context
    let brought = request.headers[.requestID].flatMap { RequestIdentifier.isValid($0) ? $0 : nil }
    context.requestID = brought ?? RequestIdentifier.make()
    context.logger[metadataKey: "request_id"] = "\(context.requestID)"
    var response = try await next(request, context)
    response.headers[.requestID] = context.requestID
    return response
  }
}
