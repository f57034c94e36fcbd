internal import Foundation
internal import ServiceHarness

/// One operation of the served OpenAPI document.
struct Operation: Sendable {
  let method: String
  let path: String
  let name: String
  /// `anyone`, `known`, `person`, or the scopes of which one is needed.
  let caller: String
  /// The type of its body; nil where it has none.
  let bodyType: String?

  var title: String { "\(method) \(path)" }

  static func all(in installation: Installation) async throws -> [Operation] {
    let response = try await installation.ask(HTTPRequest("GET", "/openapi.json"))
    guard case .object(let paths)? = try JSONValue(parsing: response.body).at("/paths") else {
      throw ScenarioError("the OpenAPI document has no paths")
    }
    var operations: [Operation] = []
    for (path, methods) in paths {
      guard case .object(let methods) = methods else { continue }
      for (method, value) in methods {
        guard case .string(let name)? = value.at("/operationId"),
          case .string(let caller)? = value.at("/x-caller")
        else { throw ScenarioError("\(method) \(path) says neither its name nor its callers") }
        var type: String?
        if case .object(let contents)? = value.at("/requestBody/content") {
          type = contents.keys.sorted().first
        }
        operations.append(
          Operation(
            method: method.uppercased(), path: path, name: name, caller: caller, bodyType: type))
      }
    }
    // What ends a credential comes last.
    return operations.sorted {
      ($0.name == "logout" ? 1 : 0, $0.path, $0.method)
        < ($1.name == "logout" ? 1 : 0, $1.path, $1.method)
    }
  }

  /// Whether a credential with these scopes is let through.
  func admits(scopes: [String], isPerson: Bool) -> Bool {
    switch caller {
    case "anyone", "known": true
    case "person": isPerson
    default: !Set(caller.split(separator: "|").map(String.init)).isDisjoint(with: scopes)
    }
  }

  /// The path with the parts of `id`, between slashes, as its parameters; the last one stands for all
  /// that are left.
  func target(_ id: String) -> String {
    var ids = id.split(separator: "/")[...]
    return path.split(separator: "/", omittingEmptySubsequences: false).map { part in
      guard part.hasPrefix("{"), let first = ids.first else { return String(part) }
      if ids.count > 1 { ids = ids.dropFirst() }
      return String(first)
    }.joined(separator: "/")
  }
}

/// A credential that the walk uses.
struct Walker: Sendable {
  let name: String
  let secret: String?
  let scopes: [String]
  let isPerson: Bool
}

/// What an endpoint made of a request.
enum Verdict: Sendable, Hashable {
  case allowed
  /// Nobody was proved, or he may not do this.
  case refused

  init(_ response: HTTPResponse) throws {
    guard response.status == 401 || response.status == 403 else {
      self = .allowed
      return
    }
    let slug = try JSONValue(parsing: response.body).at("/type")
    let refusals = [
      "credentials_missing", "insufficient_scope", "user_needed",
    ].map { JSONValue.string("/problems/\($0)") }
    // A login that fails is an answer, and so is a key that may not give out so much.
    self = refusals.contains { slug == $0 } ? .refused : .allowed
  }
}
