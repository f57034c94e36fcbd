internal import Compression
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// Compresses answers of more than 1 KB for clients that accept gzip.
///
/// A body of known length is compressed as a whole; a stream as it goes, flushed never, so that event
/// streams, which must arrive at once, are left alone.
struct GzipMiddleware: RouterMiddleware {
  static let threshold = 1024
  private static let compressible = [
    "application/json", "application/problem+json", "application/x-ndjson", "application/yaml",
    "application/javascript", "text/csv", "text/css", "text/html", "text/javascript", "text/plain",
    "image/svg+xml",
  ]

  func handle(
    _ request: Request, context: HarrierRequestContext,
    next: (Request, HarrierRequestContext) async throws -> Response
  ) async throws -> Response {
    var response = try await next(request, context)
    guard Self.isCompressible(response) else { return response }
    response.headers[values: .vary].append("Accept-Encoding")
    guard AcceptEncoding.acceptsGzip(request.headers[values: .acceptEncoding]) else {
      return response
    }
    response.headers[.contentEncoding] = "gzip"
    if response.body.contentLength != nil {
      var collector = CollectingWriter()
      collector.box = .init()
      let box = collector.box
      try await response.body.write(collector)
      response.body = ResponseBody(
        byteBuffer: ByteBuffer(bytes: try Gzip.compress(box.bytes)))
    } else {
      let body = response.body
      response.body = ResponseBody { writer in
        try await body.write(GzipWriter(parent: writer))
      }
    }
    return response
  }
}
