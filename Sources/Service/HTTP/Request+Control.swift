internal import Compression
internal import Core
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

extension Request {
  /// The largest body of a control endpoint, in bytes.
  static let controlLimit = 64 << 10
  /// The largest that any of them takes.
  static let largestControlLimit = 1 << 20

  private static let bodyPatience = Duration.seconds(20)

  /// The parameters of the query, of which only `names` are allowed.
  func query(allowing names: String...) throws(Problem) -> QueryReader {
    try QueryReader(uri.query, allowing: names)
  }

  /// The body of a control endpoint: a JSON object of which only the members `names` are allowed.
  ///
  /// - Throws: the ``Problem`` 413 `body_too_large`, 415 `unsupported_media_type`, or what
  ///   ``JSONObject`` throws.
  func jsonObject(allowing names: String...) async throws -> JSONObject {
    try await jsonObject(allowing: names)
  }

  func jsonObject(
    allowing names: [String], limit: Int = Self.controlLimit
  ) async throws -> JSONObject {
    // A form that another site makes a browser send cannot have this type.
    guard mediaType == "application/json" else {
      throw Problem.unsupportedMediaType("application/json")
    }
    return try JSONObject(try await controlBytes(limit: limit), allowing: names)
  }

  /// The same; nil for a request without a body.
  func optionalJSONObject(allowing names: [String]) async throws -> JSONObject? {
    let bytes = try await controlBytes(limit: Self.controlLimit)
    guard !bytes.isEmpty else { return nil }
    guard mediaType == "application/json" else {
      throw Problem.unsupportedMediaType("application/json")
    }
    return try JSONObject(bytes, allowing: names)
  }

  /// `Content-Type` without its parameters, in lower case.
  var mediaType: String {
    (headers[.contentType] ?? "").prefix { $0 != ";" && $0 != " " }.lowercased()
  }

  /// The whole body of a control endpoint, inflated if it is gzip.
  ///
  /// - Throws: the ``Problem`` 400 `malformed_body`, 408 `request_timeout`, 413 `body_too_large` or 415
  ///   `unsupported_content_encoding`.
  func controlBytes(limit: Int) async throws -> [UInt8] {
    let coding = try BodyCoding(headers)
    let bytes = try await plainBytes(limit: limit)
    guard coding == .gzip else { return bytes }
    let bounds = InflateLimits(maxOutput: limit)
    do {
      let decoder = try GzipDecoder(limits: bounds)
      var inflated: [UInt8] = []
      try decoder.decode(bytes, into: &inflated)
      try decoder.finish()
      return inflated
    } catch {
      throw Problem(inflating: error, bounds)
    }
  }

  /// The request once its body has come in.
  ///
  /// - Throws: the ``Problem`` 408 `request_timeout` or 413 `body_too_large`.
  func received() async throws -> Request {
    var request = self
    let bytes = try await plainBytes(limit: Self.largestControlLimit)
    request.body = RequestBody(buffer: ByteBuffer(bytes: bytes))
    return request
  }

  private func plainBytes(limit: Int) async throws -> [UInt8] {
    if let length = headers[.contentLength].flatMap({ Int($0) }), length > limit {
      throw Problem.bodyTooLarge(limit: limit)
    }
    var bytes: [UInt8] = []
    // Who sends a byte now and then would hold what waits for the body.
    let deadline = ContinuousClock.now + Self.bodyPatience
    for try await chunk in body {
      guard ContinuousClock.now < deadline else { throw Problem.requestTimeout }
      guard bytes.count + chunk.readableBytes <= limit else {
        throw Problem.bodyTooLarge(limit: limit)
      }
      bytes.append(contentsOf: chunk.readableBytesView)
    }
    return bytes
  }
}
