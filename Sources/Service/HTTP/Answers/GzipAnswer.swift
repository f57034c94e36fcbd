internal import Compression
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// Compresses answers of more than 1 KB for clients that accept gzip.
///
/// A body of known length is compressed as a whole, a stream as it goes. Server-sent events, which
/// must arrive at once, are left alone.
enum GzipAnswer {
  static let threshold = 1024
  static let acceptEncoding = "Accept-Encoding"
  /// In bytes; what is larger takes milliseconds, in which the connection's event loop serves others.
  private static let large = 256 << 10
  private static let compressible = [
    "application/json", "application/problem+json", "application/x-ndjson", "application/yaml",
    "application/javascript", "text/csv", "text/css", "text/html", "text/javascript",
    "text/markdown", "text/plain", "image/svg+xml",
  ]

  static func compress(_ response: inout Response, to request: Request) async throws {
    guard isCompressible(response) else { return }
    // One that says so itself has already found that the client takes no gzip.
    guard response.headers.first(.vary) != acceptEncoding else { return }
    response.headers[values: .vary].append(acceptEncoding)
    guard AcceptEncoding.acceptsGzip(request.headers[values: .acceptEncoding]) else { return }
    response.headers[.contentEncoding] = "gzip"
    let body = response.body
    guard body.contentLength != nil else {
      response.headers[.contentLength] = nil
      response.body = ResponseBody { try await body.write(GzipBodyWriter(parent: $0)) }
      return
    }
    let bytes = try await body.collected()
    let compressed =
      bytes.count > large
      ? try await offEventLoop { try Gzip.compress(bytes) } : try Gzip.compress(bytes)
    response.body = ResponseBody(byteBuffer: ByteBuffer(bytes: compressed))
  }

  private static func isCompressible(_ response: Response) -> Bool {
    guard (response.body.contentLength ?? Int.max) > threshold,
      !response.headers.contains(.contentEncoding),
      let type = response.headers.first(.contentType)
    else { return false }
    if type == "application/json" { return true }
    let essence = type.prefix { $0 != ";" && $0 != " " }.lowercased()
    return compressible.contains(essence)
  }
}
