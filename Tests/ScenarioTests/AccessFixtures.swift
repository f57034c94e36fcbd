internal import ServiceHarness

/// What the organization `alpha` has, for each path with a parameter: the only table to add to when
/// there is a new kind of object.
struct AccessFixtures: Sendable {
  /// By the beginning of the path, to the first parameter: a query for the id of one of alpha's.
  private static let queries = [
    "/api/auth/sessions/": """
    select replace(s.id::text, '-', '') from sessions s join users u on u.id = s.user_id
    where u.organization_id = 1 and s.revoked_at is null limit 1
    """,
    // Named by what it is: every organization may ask for it, and has it only if it met it.
    "/api/entities/": "select 'ip/192.0.2.9'",
    "/api/events/": "select id from events where organization_id = 1 limit 1",
    "/api/exceptions/": "select id from rule_exceptions where organization_id = 1 limit 1",
    "/api/incidents/": "select id from incidents where organization_id = 1 limit 1",
    "/api/keys/":
      "select id from api_keys where organization_id = 1 and revoked_at is null limit 1",
    "/api/quarantine/": "select id from quarantine where organization_id = 1 limit 1",
    "/api/rules/": "select rule_id from rules where organization_id = 1 limit 1",
    "/api/users/": "select id from users where organization_id = 1 limit 1",
    "/api/webhooks/": "select id from webhooks where organization_id = 1 limit 1",
  ]

  /// Well formed, and nobody's.
  private static let nobodys = [
    "/api/auth/sessions/": String(repeating: "0", count: 32), "/api/keys/": "0000000000000000",
    "/api/users/": "2147483647", "/api/quarantine/": "2147483647",
    "/api/exceptions/": "2147483647", "/api/entities/": "ip/192.0.2.77",
  ]

  /// Bodies that are valid by themselves, by `operationId`; the others get `{}`.
  private static let bodies = [
    "set_user_password": #"{"password":"another long password"}"#,
    "update_user": #"{"disabled":true}"#,
    "update_key": #"{"name":"mine"}"#,
    "change_webhook": #"{"enabled":false}"#,
    "rotate_key": "{}",
    "change_incident": #"{"title":"Seen"}"#,
    "add_comment": #"{"text":"Seen"}"#,
    "withdraw_comment": #"{"reason":"Wrong"}"#,
    "merge_incidents": #"{"incidents":["INC-999999"]}"#,
    "split_incident": #"{"incidents":["INC-999999"]}"#,
    "undo_link": #"{"sequence":1}"#,
    "set_rule_mode": #"{"mode":"enabled"}"#,
    "test_rule": #"{"from":"2026-11-01T00:00:00Z","to":"2026-11-01T01:00:00Z"}"#,
  ]

  private let ids: [String: String]

  static func find(in installation: Installation) async throws -> AccessFixtures {
    var ids: [String: String] = [:]
    for (beginning, query) in queries {
      ids[beginning] = try await installation.database.rows(query).first?.first
    }
    return AccessFixtures(ids: ids)
  }

  private static func beginning(_ operation: Operation) -> String {
    String(operation.path.prefix { $0 != "{" })
  }

  /// The id of an object of alpha's; nil where the table has none.
  func id(for operation: Operation) -> String? {
    ids[Self.beginning(operation)]
  }

  func nobodys(for operation: Operation) -> String {
    Self.nobodys[Self.beginning(operation)] ?? "00000000-0000-8000-8000-000000000000"
  }

  /// What must be asked for so that nothing but the credential or the id can be at fault.
  ///
  /// - Parameter scopes: of the caller, who follows topics that he may read.
  func query(for operation: Operation, scopes: [String]) -> String {
    switch operation.name {
    case "explain_event": "?rule=\(ids["/api/rules/"] ?? "none")"
    case _ where operation.path == "/api/stream":
      scopes.contains("incidents:read")
        ? "" : scopes.contains("events:read") ? "?topics=events" : "?topics=health"
    default: ""
    }
  }

  func body(for operation: Operation) -> String {
    Self.bodies[operation.name] ?? "{}"
  }

  /// Whether the body is right, so that nothing but the id can be at fault.
  func isWhole(_ operation: Operation) -> Bool {
    operation.bodyType == nil || Self.bodies[operation.name] != nil
  }
}
