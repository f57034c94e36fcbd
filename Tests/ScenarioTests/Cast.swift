internal import Foundation
internal import ServiceHarness

/// The organizations, people and keys that scenarios speak of.
///
/// `everything`, `writer` and `reader` are keys of the organization `alpha`, `revoked` is one of its
/// keys that was taken back; `neighbour` is a key of `beta` with all scopes; `admin`, `lead`, `analyst`
/// and `viewer` are people of `alpha` with a login (`${admin_email}`, `${password}`, `${viewer_email}`).
struct Cast: Sendable {
  private static let allScopes = [
    "events:write", "events:read", "incidents:read", "incidents:write", "rules:write", "operate",
    "admin",
  ]

  /// Credentials and other facts by name.
  let values: [String: String]

  static func make(in installation: Installation) async throws -> Cast {
    var values = ["password": "correct horse battery staple", "wrong_key": wrongKey]
    for slug in ["alpha", "beta"] { try await installation.makeOrganization(slug) }
    let keys: [(name: String, organization: String, scopes: [String])] = [
      ("everything", "alpha", allScopes), ("neighbour", "beta", allScopes),
      ("writer", "alpha", ["events:write"]),
      ("reader", "alpha", ["events:read", "incidents:read"]),
      ("revoked", "alpha", allScopes), ("doomed", "alpha", allScopes),
    ]
    for key in keys {
      values[key.name] = try await installation.makeKey(
        organization: key.organization, scopes: key.scopes)
    }
    try await installation.revoke(values["revoked"] ?? "")
    values["wrong_secret"] = wrongSecret(of: values["everything"] ?? "")
    for role in ["admin", "lead", "analyst", "viewer"] {
      let email = "\(role)@alpha.example"
      try await installation.makeUser(
        email, role: role, password: values["password"] ?? "", organization: "alpha")
      values["\(role)_email"] = email
      values[role] = try await installation.logIn(email, values["password"] ?? "")
    }
    for value in values.values where !value.contains("@") { LogSearch.remember(value) }
    return Cast(values: values)
  }

  /// Well formed and unknown.
  private static let wrongKey =
    "hk_0123456789abcdef." + String(repeating: "A", count: 43)

  /// The key with the first character of its secret changed.
  private static func wrongSecret(of key: String) -> String {
    let parts = key.split(separator: ".", maxSplits: 1)
    guard parts.count == 2 else { return "" }
    return "\(parts[0]).\(parts[1].first == "A" ? "B" : "A")\(parts[1].dropFirst())"
  }
}

extension Installation {
  /// Takes a key back, as `harrier key revoke` does.
  fileprivate func revoke(_ key: String) async throws {
    let id = key.dropFirst(3).prefix { $0 != "." }
    try await command(["key", "revoke", "--org", "alpha", String(id)])
  }

  fileprivate func logIn(_ email: String, _ password: String) async throws -> String {
    let body = try JSONValue.object(["email": .string(email), "password": .string(password)]).bytes
    let response = try await ask(
      HTTPRequest(
        "POST", "/api/auth/login", headers: [("Content-Type", "application/json")], body: body))
    guard response.status == 200,
      case .string(let token)? = try JSONValue(parsing: response.body).at("/access_token")
    else { throw ScenarioError("the login answered \(response.status) \(response.text)") }
    return token
  }
}
