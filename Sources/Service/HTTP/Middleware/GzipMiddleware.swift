internal import Compression
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// Compresses answers of more than 1 KB for clients that accept gzip.
///
/// A body of known length is compressed as a whole, a stream as it goes. Server-sent events, which
/// must arrive at once, are left alone.
struct GzipMiddleware: RouterMiddleware {
  static let threshold = 1024
  /// In bytes; what is larger takes milliseconds, in which the connection's event loop serves others.
  private static let large = 256 << 10
  private static let compressible = [
    "application/json", "application/problem+json", "application/x-ndjson", "application/yaml",
    "application/javascript", "text/csv", "text/css", "text/html", "text/javascript", "text/plain",
    "image/svg+xml",
  ]

  @concurrent func handle(
    _ request: Request, context: HarrierRequestContext, next: Next
  ) async throws -> Response {
    var response = try await next(request, context)
    guard Self.isCompressible(response) else { return response }
    response.headers[values: .vary].append("Accept-Encoding")
    guard AcceptEncoding.acceptsGzip(request.headers[values: .acceptEncoding]) else {
      return response
    }
    response.headers[.contentEncoding] = "gzip"
    let body = response.body
    guard body.contentLength != nil else {
      response.headers[.contentLength] = nil
      response.body = ResponseBody { try await body.write(GzipBodyWriter(parent: $0)) }
      return response
    }
    let collector = BodyCollector()
    try await body.write(collector)
    let bytes = collector.bytes
    let compressed =
      bytes.count > Self.large
      ? try await offEventLoop { try Gzip.compress(bytes) } : try Gzip.compress(bytes)
    response.body = ResponseBody(byteBuffer: ByteBuffer(bytes: compressed))
    return response
  }

  private static func isCompressible(_ response: Response) -> Bool {
    guard (response.body.contentLength ?? Int.max) > threshold,
      response.headers[.contentEncoding] == nil,
      let type = response.headers[.contentType]
    else { return false }
    let essence = type.prefix { $0 != ";" && $0 != " " }.lowercased()
    return compressible.contains(essence)
  }
}
