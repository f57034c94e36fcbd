internal import Foundation
internal import ServiceHarness
internal import Testing

/// Every operation that the service has, called with every role, with keys of each single scope, without
/// a credential, and with another tenant's for what is this tenant's. What comes out is
/// `docs/access.md`.
@Suite struct IsolationTests {
  private static let scopes = [
    "events:write", "events:read", "incidents:read", "incidents:write", "rules:write", "operate",
    "admin",
  ]
  private static let roles: [(name: String, scopes: [String])] = [
    ("viewer", ["events:read", "incidents:read"]),
    ("analyst", ["events:read", "incidents:read", "incidents:write"]),
    ("lead", ["events:read", "incidents:read", "incidents:write", "rules:write"]),
    ("admin", scopes.filter { $0 != "operate" }), ("operator", scopes),
  ]
  private static let password = "correct horse battery staple"
  private static let document = "docs/access.md"

  @Test(.timeLimit(.minutes(10))) func whoMayDoWhat() async throws {
    try await Installation.with { installation in
      for slug in ["alpha", "beta"] { try await installation.makeOrganization(slug) }
      try await Self.furnish(installation)
      let operations = try await Operation.all(in: installation)
      let fixtures = try await AccessFixtures.find(in: installation)
      let walkers = try await Self.walkers(installation)
      let keys = (
        own: try await installation.makeKey(organization: "alpha", scopes: Self.scopes),
        foreign: try await installation.makeKey(organization: "beta", scopes: Self.scopes)
      )
      var table = AccessTable(roles: Self.roles.map(\.name))
      for operation in operations {
        var allowed: [String] = []
        for walker in walkers {
          let response = try await Self.call(
            operation, walker.secret, id: fixtures.nobodys(for: operation),
            query: fixtures.query(for: operation, scopes: walker.scopes), "{}", installation)
          let verdict = try Verdict(response)
          let isExpected =
            walker.secret == nil
            ? operation.caller == "anyone"
            : operation.admits(scopes: walker.scopes, isPerson: walker.isPerson)
          #expect(
            (verdict == .allowed) == isExpected,
            "\(operation.title) by \(walker.name): \(response.status)")
          if verdict == .allowed { allowed.append(walker.name) }
        }
        let foreign = try await Self.foreign(operation, fixtures, by: keys, installation)
        table.add(operation, allowed, foreign: foreign)
      }
      try Self.compare(table.text)
    }
  }

  /// Calls what is alpha's with beta's credentials.
  ///
  /// - Returns: what it answered; nil where nothing is named.
  private static func foreign(
    _ operation: Operation, _ fixtures: AccessFixtures, by keys: (own: String, foreign: String),
    _ installation: Installation
  ) async throws -> Int? {
    guard operation.path.contains("{"), operation.caller != "anyone" else { return nil }
    let id = try #require(
      fixtures.id(for: operation),
      "\(operation.title): AccessFixtures knows no object of alpha's for this path")
    let query = fixtures.query(for: operation, scopes: scopes)
    if operation.method == "GET" {
      var own = try await call(operation, keys.own, id: id, query: query, "{}", installation)
      // Some things are worked out behind the answer.
      for _ in 0..<100 where own.status == 404 {
        try await Task.sleep(for: .milliseconds(100))
        own = try await call(operation, keys.own, id: id, query: query, "{}", installation)
      }
      #expect(own.status != 404, "\(operation.title): alpha itself does not find \(id)")
    }
    let secret =
      operation.caller == "person"
      ? try await logIn("admin@beta.example", installation)
      : keys.foreign
    let response = try await call(
      operation, secret, id: id, query: query, fixtures.body(for: operation), installation)
    if fixtures.isWhole(operation) {
      #expect(response.status == 404, "\(operation.title) by another tenant: \(response.status)")
    } else {
      // A body that is not whole may be refused before anything is looked for.
      #expect(
        [400, 404, 413, 415, 422, 428].contains(response.status),
        "\(operation.title) by another tenant: \(response.status)")
    }
    return response.status
  }

  private static func call(
    _ operation: Operation, _ secret: String?, id: String, query: String, _ body: String,
    _ installation: Installation
  ) async throws -> HTTPResponse {
    var headers: [(name: String, value: String)] = []
    if let secret { headers.append(("Authorization", "Bearer \(secret)")) }
    if let type = operation.bodyType { headers.append(("Content-Type", type)) }
    headers.append(("If-Match", "\"nothing\""))
    let request = HTTPRequest(
      operation.method, operation.target(id) + query, headers: headers,
      body: operation.bodyType == nil ? [] : Array(body.utf8))
    let port = installation.port
    return try await onOwnThread {
      // A stream has no end: its head says enough.
      try HTTPConnection(port: port, timeoutSeconds: 20).exchangeHead(request)
    }
  }

  private static func compare(_ text: String) throws {
    let path = "\(Checkout.root)/\(document)"
    if ProcessInfo.processInfo.environment["HARRIER_WRITE_DOCS"] == "1" {
      try text.write(toFile: path, atomically: true, encoding: .utf8)
    }
    let committed = FileManager.default.contents(atPath: path).map {
      String(decoding: $0, as: UTF8.self)
    }
    #expect(
      committed == text,
      "\(document) is not what the service does: run HARRIER_WRITE_DOCS=1 swift test --filter IsolationTests"
    )
  }
}

extension IsolationTests {
  /// Everybody of alpha's: people of each role, keys of each scope, and nobody.
  private static func walkers(_ installation: Installation) async throws -> [Walker] {
    var walkers = [Walker(name: "nobody", secret: nil, scopes: [], isPerson: false)]
    for role in roles {
      let email = "\(role.name)@alpha.example"
      try await installation.makeUser(
        email, role: role.name, password: password, organization: "alpha")
      walkers.append(
        Walker(
          name: role.name, secret: try await logIn(email, installation), scopes: role.scopes,
          isPerson: true))
    }
    for scope in scopes {
      let key = try await installation.makeKey(organization: "alpha", scopes: [scope])
      walkers.append(Walker(name: "`\(scope)`", secret: key, scopes: [scope], isPerson: false))
    }
    return walkers
  }

  private static func logIn(_ email: String, _ installation: Installation) async throws -> String {
    let response = try await installation.ask(
      HTTPRequest(
        "POST", "/api/auth/login", headers: [("Content-Type", "application/json")],
        body: Array(#"{"email":"\#(email)","password":"\#(password)"}"#.utf8)))
    guard case .string(let token)? = try JSONValue(parsing: response.body).at("/access_token")
    else {
      throw ScenarioError("the login answered \(response.status)")
    }
    return token
  }

  /// Gives alpha one of everything that can be named, and beta somebody to look for it.
  private static func furnish(_ installation: Installation) async throws {
    try await installation.makeUser(
      "admin@beta.example", role: "operator", password: password, organization: "beta")
    try await installation.makeUser(
      "victim@alpha.example", role: "admin", password: password, organization: "alpha")
    _ = try await logIn("victim@alpha.example", installation)
    let key = try await installation.makeKey(organization: "alpha", scopes: scopes)
    func post(_ target: String, _ type: String, _ body: String) async throws {
      let response = try await installation.ask(
        HTTPRequest(
          "POST", target, headers: [("Authorization", "Bearer \(key)"), ("Content-Type", type)],
          body: Array(body.utf8)))
      guard (200..<300).contains(response.status) else {
        throw ScenarioError("POST \(target): \(response.status) \(response.text)")
      }
    }
    let now = ISO8601DateFormatter().string(from: Date())
    // The second one goes into quarantine.
    try await post(
      "/api/events", "application/x-ndjson",
      #"{"ts":"\#(now)","source_type":"linux.sshd","user":"root","message":"hello"}"# + "\n{]\n")
    try await post(
      "/api/incidents", "application/json",
      #"{"src_ip":"192.0.2.9","reason":"seen by hand","severity":"low"}"#)
    _ = try await installation.database.rows(
      """
      insert into webhooks (
        organization_id, id, name, url, secret, format, enabled, since_sequence, created_by)
      values (
        1, gen_random_uuid(), 'hook', 'https://hooks.example.com/x', '\\x00', 'generic', false, 0, 'test')
      """)
    let rule = "10000000-0000-4000-8000-000000000001"
    try await post("/api/rules", "application/yaml", RuleOffice.rule(rule, user: "nobody-at-all"))
    let tomorrow = Date.now.addingTimeInterval(86_400).ISO8601Format()
    try await post(
      "/api/exceptions", "application/json",
      #"{"reason":"known","rule_id":"\#(rule)","expires_at":"\#(tomorrow)"}"#)
  }
}
