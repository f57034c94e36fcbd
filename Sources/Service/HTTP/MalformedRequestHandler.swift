internal import Core
internal import HTTPTypes
internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTPTypes

/// Tells who sends what is no HTTP what is wrong, in the form of every other error.
///
/// The framework answers such a request with a bare 400 before any route or middleware sees it; here it
/// gets its body on the way out.
final class MalformedRequestHandler: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private var problem: Problem?

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if let error = error as? HTTPParserError { problem = Problem(error) }
    context.fireErrorCaught(error)
  }

  func write(
    context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?
  ) {
    guard let problem, case .head(let head) = unwrapOutboundIn(data), head.status == .badRequest,
      head.headerFields[.contentLength] == "0"
    else { return context.write(data, promise: promise) }
    let id = RequestIdentifier.make()
    let body = problem.json(instance: "", requestID: id)
    let answer = HTTPResponse(
      status: HTTPResponse.Status(code: problem.status),
      headerFields: [
        .contentType: Problem.contentType, .contentLength: String(body.count),
        .connection: "close", .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
        .requestID: id, .serverTiming: "db;dur=0.000, cache;dur=0.000, total;dur=0.000",
        .responseTime: "0.000ms", .databaseQueries: "0",
      ])
    context.write(wrapOutboundOut(.head(answer)), promise: nil)
    context.write(wrapOutboundOut(.body(ByteBuffer(bytes: body))), promise: promise)
  }
}

extension Problem {
  /// What is wrong with bytes that are no request.
  init(_ error: HTTPParserError) {
    switch error {
    case .headerOverflow:
      self.init(
        slug: "headers_too_large", title: "The request's head is too large", status: 431,
        detail: "the target and the header fields together may have 80 KB")
    default:
      self = .brokenOff
    }
  }
}
