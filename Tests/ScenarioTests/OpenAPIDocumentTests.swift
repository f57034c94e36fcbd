internal import ServiceHarness
internal import Testing

/// The served OpenAPI document against the service that serves it.
@Suite(.stage, .timeLimit(.minutes(10)))
struct OpenAPIDocumentTests {
  /// One operation of the document.
  private struct Operation: CustomStringConvertible {
    let method: String
    let path: String
    let value: JSONValue

    var description: String { "\(method) \(path)" }

    /// The path with something in the place of its parameters that is none of the service's ids.
    var target: String {
      path.split(separator: "/").map { $0.hasPrefix("{") ? "0" : String($0) }
        .reduce("") { "\($0)/\($1)" }
    }
  }

  private static let methods = ["get", "put", "post", "delete", "patch"]

  private func document() async throws -> JSONValue {
    let stage = try #require(ScenarioStage.current)
    let response = try await stage.installation.ask(HTTPRequest("GET", "/openapi.json"))
    #expect(response.status == 200)
    return try JSONValue(parsing: response.body)
  }

  private func operations(_ document: JSONValue) -> [Operation] {
    (document.at("/paths")?.members ?? [:]).sorted { $0.key < $1.key }.flatMap { path, item in
      Self.methods.compactMap { method in
        item.at("/\(method)").map {
          Operation(method: method.uppercased(), path: path, value: $0)
        }
      }
    }
  }

  @Test("ids are unique, references resolve, and path parameters are those of the path")
  func theDocumentIsWhole() async throws {
    let document = try await document()
    #expect(document.at("/openapi") == .string("3.1.0"))
    let operations = operations(document)
    #expect(operations.count > 20)
    let ids = operations.compactMap { $0.value.at("/operationId")?.text }
    #expect(Set(ids).count == operations.count)
    for reference in document.references {
      #expect(document.at(String(reference.dropFirst())) != nil, "\(reference)")
    }
    for operation in operations {
      let parameters = operation.value.at("/parameters")?.elements ?? []
      let names = parameters.compactMap { $0.at("/name")?.text }
      #expect(Set(names).count == names.count, "\(operation)")
      for parameter in parameters {
        #expect(parameter.at("/description")?.text?.isEmpty == false, "\(operation)")
        #expect(parameter.at("/schema")?.members?.isEmpty == false, "\(operation)")
      }
      let inPath = Set(
        parameters.filter { $0.at("/in") == .string("path") }.compactMap { $0.at("/name")?.text })
      let wanted = operation.path.split(separator: "/").filter { $0.hasPrefix("{") }
        .map { String($0.dropFirst().dropLast()) }
      #expect(inPath == Set(wanted), "\(operation)")
      #expect(operation.value.at("/responses")?.members?.isEmpty == false, "\(operation)")
    }
  }

  @Test("each operation is answered, and 405 names the documented methods and no others")
  func theDocumentIsTheService() async throws {
    let stage = try #require(ScenarioStage.current)
    let operations = operations(try await document())
    for operation in operations {
      let response = try await stage.installation.ask(
        HTTPRequest(operation.method, operation.target))
      #expect(response.status != 405, "\(operation)")
      #expect(!response.text.contains("nothing at this address"), "\(operation)")
      let security = operation.value.at("/security")?.elements ?? []
      if !security.isEmpty {
        #expect(response.status == 401, "\(operation) lets in who has no credential")
      }
    }
    for (path, known) in Dictionary(grouping: operations, by: \.path) {
      let response = try await stage.installation.ask(HTTPRequest("TRACE", known[0].target))
      #expect(response.status == 405, "\(path)")
      let allowed = Set(
        (response.header("Allow") ?? "").split(separator: ",").map { $0.filter { $0 != " " } })
      var documented = Set(known.map(\.method))
      if documented.contains("GET") { documented.insert("HEAD") }
      documented.insert("OPTIONS")
      // A path without parameters may also be met by a template of the same length.
      #expect(allowed.isSuperset(of: documented), "\(path): \(allowed)")
    }
  }
}

extension JSONValue {
  fileprivate var members: [String: JSONValue]? {
    if case .object(let members) = self { members } else { nil }
  }

  fileprivate var elements: [JSONValue]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  fileprivate var text: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// All values of `$ref` below.
  fileprivate var references: [String] {
    switch self {
    case .object(let members):
      members.flatMap { name, value in
        name == "$ref" ? [value.text].compactMap { $0 } : value.references
      }
    case .array(let elements): elements.flatMap(\.references)
    default: []
    }
  }
}
