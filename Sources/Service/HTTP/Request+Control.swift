internal import Core
internal import HTTPTypes
internal import Hummingbird

extension Request {
  /// The largest body of a control endpoint, in bytes.
  static let controlLimit = 64 << 10

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

  func jsonObject(allowing names: [String]) async throws -> JSONObject {
    guard headers[.contentEncoding] ?? "identity" == "identity" else {
      throw Problem.unsupportedCoding("identity")
    }
    // A form that another site makes a browser send cannot have this type.
    let essence = (headers[.contentType] ?? "").prefix { $0 != ";" && $0 != " " }.lowercased()
    guard essence == "application/json" else {
      throw Problem.unsupportedMediaType("application/json")
    }
    if let length = headers[.contentLength].flatMap({ Int($0) }), length > Self.controlLimit {
      throw Problem.bodyTooLarge(limit: Self.controlLimit)
    }
    var bytes: [UInt8] = []
    for try await chunk in body {
      guard bytes.count + chunk.readableBytes <= Self.controlLimit else {
        throw Problem.bodyTooLarge(limit: Self.controlLimit)
      }
      bytes.append(contentsOf: chunk.readableBytesView)
    }
    return try JSONObject(bytes, allowing: names)
  }
}
