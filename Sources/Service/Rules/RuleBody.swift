internal import Core
internal import Hummingbird
internal import RuleStore

/// The rules that a request brings: Sigma YAML as it is, or in a JSON object.
struct RuleBody {
  let source: String
  /// Nil keeps the one that is in force.
  let mode: RuleMode?

  /// The largest body, in bytes.
  static let limit = 1 << 20
  private static let yaml = [
    "application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml", "text/plain",
  ]

  /// With YAML the mode is a parameter of the query, with JSON a member.
  ///
  /// - Throws: the ``Problem`` 400, 413 or 415.
  init(_ request: Request) async throws {
    guard Self.yaml.contains(request.mediaType) else {
      guard request.mediaType == "application/json" else {
        throw Problem.unsupportedMediaType("application/yaml or application/json")
      }
      _ = try request.query()
      let body = try await request.jsonObject(allowing: ["source", "mode"], limit: Self.limit)
      source = try body.requiredString("source", maximumBytes: Self.limit)
      mode = try body.choice("mode")
      return
    }
    mode = try request.query(allowing: "mode").choice("mode")
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
