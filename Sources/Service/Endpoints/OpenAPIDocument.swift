internal import Access
internal import Core
internal import HTTPTypes

/// The OpenAPI 3.1 document of the routes that are there.
struct OpenAPIDocument {
  let endpoints: [Endpoint]
  /// `components/schemas` by name.
  let schemas: [(name: String, schema: Schema)]
  let version: String

  /// The document as JSON.
  var json: [UInt8] {
    JSONWriter.object { json in
      json.member("openapi", "3.1.0")
      json.object("info") { json in
        json.member("title", "Harrier")
        json.member("version", version)
        json.member(
          "description",
          "Security events, detections and incidents. Errors are RFC 9457 problem details.")
        json.object("license") { json in
          json.member("name", "Apache-2.0")
          json.member("identifier", "Apache-2.0")
        }
      }
      json.array("servers") { json in json.object { $0.member("url", "/") } }
      json.array("tags") { json in
        var seen = Set<String>()
        for endpoint in endpoints where seen.insert(endpoint.tag).inserted {
          json.object { $0.member("name", endpoint.tag) }
        }
      }
      json.object("paths") { json in
        for (path, methods) in paths {
          json.object(path) { json in
            for endpoint in methods { json.operation(endpoint) }
          }
        }
      }
      json.object("components") { json in
        json.object("securitySchemes") { json in
          json.object("bearer") { json in
            json.member("type", "http")
            json.member("scheme", "bearer")
            json.member(
              "description", "An access token of `POST /api/auth/login`, or an API key `hk_…`.")
          }
        }
        json.object("schemas") { json in
          for (name, schema) in schemas + [("Problem", Self.problem)] {
            json.object(name) { $0.schemaMembers(schema) }
          }
        }
      }
    }
  }

  private var paths: [(String, [Endpoint])] {
    var order: [String] = []
    var grouped: [String: [Endpoint]] = [:]
    for endpoint in endpoints {
      if grouped[endpoint.path] == nil { order.append(endpoint.path) }
      grouped[endpoint.path, default: []].append(endpoint)
    }
    return order.map { ($0, grouped[$0] ?? []) }
  }

  static let problem = Schema.object([
    .member("type", .text), .member("title", .text), .member("status", .integer(400...599)),
    .member("detail", .text), .optional("instance", .text), .member("request_id", .text),
    .optional(
      "errors",
      .array(
        .object([.member("pointer", .text), .member("code", .text), .member("detail", .text)]))),
  ])
}

extension Endpoint {
  /// The statuses of problems that the endpoint can answer.
  var problemStatuses: [Int] {
    var statuses: Set<Int> = [400, 500, 503]
    statuses.formUnion(problems)
    if caller != .anyone { statuses.formUnion([401, 403]) }
    if path.contains("{") { statuses.insert(404) }
    if body != nil { statuses.formUnion([413, 415]) }
    if limit != .none { statuses.insert(429) }
    if method == .get { statuses.insert(504) }
    if parameters.contains(where: { $0.name == "If-Match" }) { statuses.insert(428) }
    return statuses.subtracting(answers.map(\.status)).sorted()
  }

  /// Those of `parameters`, and of the path where they are not among them.
  var allParameters: [Parameter] {
    var all = parameters
    for part in path.split(separator: "/") where part.hasPrefix("{") {
      let name = String(part.dropFirst().dropLast())
      if !all.contains(where: { $0.location == .path && $0.name == name }) {
        all.append(.path(name, "The \(name) of what is meant.", .string(minimum: 1)))
      }
    }
    return all
  }

  /// `anyone`, `known`, `person`, or the scopes of which one is needed.
  fileprivate var callerName: String {
    switch caller {
    case .anyone: "anyone"
    case .known: "known"
    case .scope(let scope): scope.rawValue
    case .anyOf(let scopes): scopes.map(\.rawValue).joined(separator: "|")
    case .person: "person"
    }
  }

  /// What OpenAPI's security requirement names; the scopes are told in the description.
  fileprivate var callerText: String {
    switch caller {
    case .anyone: "No credential is needed."
    case .known: "Needs any valid credential."
    case .scope(let scope): "Needs the scope `\(scope.rawValue)`."
    case .anyOf(let scopes):
      "Needs one of the scopes \(scopes.map { "`\($0.rawValue)`" }.joined(separator: ", "))."
    case .person: "Needs the login of a person."
    }
  }
}

extension JSONWriter {
  fileprivate mutating func operation(_ endpoint: Endpoint) {
    object(endpoint.method.rawValue.lowercased()) { json in
      json.member("operationId", endpoint.name)
      json.member("tags", [endpoint.tag])
      json.member("summary", endpoint.summary)
      json.member("description", endpoint.callerText)
      json.member("x-caller", endpoint.callerName)
      json.array("security") { json in
        if endpoint.caller != .anyone { json.object { $0.member("bearer", [String]()) } }
      }
      let parameters = endpoint.allParameters
      if !parameters.isEmpty {
        json.array("parameters") { json in
          for parameter in parameters { json.object { $0.parameterMembers(parameter) } }
        }
      }
      if let body = endpoint.body {
        json.object("requestBody") { json in
          json.member("required", body.isRequired)
          json.contents(body.contentTypes)
        }
      }
      json.object("responses") { json in
        for answer in endpoint.answers { json.answer(answer) }
        if endpoint.method == .get, endpoint.answers.contains(where: { $0.status == 200 }) {
          json.object("304") { $0.member("description", "What the client has is current.") }
        }
        for status in endpoint.problemStatuses {
          json.object(String(status)) { json in
            json.member("description", "A problem.")
            json.contents([("application/problem+json", .named("Problem"))])
          }
        }
      }
    }
  }

  private mutating func answer(_ answer: Endpoint.Answer) {
    object(String(answer.status)) { json in
      json.member("description", answer.description)
      if !answer.headers.isEmpty {
        json.object("headers") { json in
          for header in answer.headers {
            json.object(header) { json in
              json.object("schema") { $0.member("type", "string") }
            }
          }
        }
      }
      if !answer.contents.isEmpty { json.contents(answer.contents) }
    }
  }

  private mutating func contents(_ contents: [(type: String, schema: Schema)]) {
    object("content") { json in
      for (type, schema) in contents {
        json.object(type) { json in json.object("schema") { $0.schemaMembers(schema) } }
      }
    }
  }

  private mutating func parameterMembers(_ parameter: Endpoint.Parameter) {
    member("name", parameter.name)
    member("in", parameter.location.rawValue)
    member("required", parameter.isRequired)
    member("description", parameter.description)
    object("schema") { $0.schemaMembers(parameter.schema) }
  }
}
