internal import Core
internal import Hummingbird
internal import RuleStore

/// The rules that a request brings: Sigma YAML as it is, or in a JSON object.
struct RuleBody {
  let source: String
  /// Nil keeps the one that is in force.
  let mode: RuleMode?

  /// The largest body, in bytes.
  static let limit = Request.largestControlLimit
  private static let yaml = [
    "application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml", "text/plain",
  ]

  /// The mode is a parameter of the query; with JSON it can be a member, which then wins.
  ///
  /// - Throws: the ``Problem`` 400, 413 or 415.
  init(_ request: Request, of endpoint: Endpoint) async throws {
    let wanted: RuleMode? = try request.query(of: endpoint).choice("mode")
    guard Self.yaml.contains(request.mediaType) else {
      guard request.mediaType == "application/json" else {
        throw Problem.unsupportedMediaType("application/yaml or application/json")
      }
      let body = try await request.jsonObject(allowing: ["source", "mode"], limit: Self.limit)
      source = try body.requiredString("source", minimumLength: 1, maximumLength: Self.limit)
      mode = try body.choice("mode") ?? wanted
      return
    }
    mode = wanted
    let bytes = try await request.controlBytes(limit: Self.limit)
    guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
      throw Problem.invalidBody([
        FieldError(
          pointer: "", code: "invalid", detail: "the body must be UTF-8 without U+0000")
      ])
    }
    source = text
  }
}
