internal import Access
internal import HTTPTypes

extension KeyRoutes {
  private static let id = Endpoint.Parameter.path("id", "The public part of the key.", .keyID)
  /// How long the old key of a rotation may go on working, in seconds.
  static let overlaps = 0...(365 * 86_400)
  static let days = 1...3650

  static let listEndpoint = Endpoint(
    .get, "/api/keys", "list_keys", tag: "keys",
    "The organization's API keys without their secrets, in order of ids.", caller: .scope(.admin),
    parameters: [.limit, .cursor], answers: [.json(.page("keys", of: .named("ApiKey")))])

  static let createEndpoint = Endpoint(
    .post, "/api/keys", "create_key", tag: "keys",
    "Makes a key, whose secret is shown this once. Nobody gives out scopes that he lacks himself.",
    caller: .scope(.admin),
    body: .json(
      .object([
        .member("name", .label), .member("scopes", .scopes),
        .optional(
          "expires_in_days", .nullable(.integer(days)),
          "The longest that the organization's policy allows if absent."),
        .optional(
          "tier", .nullable(.tier),
          "60, 300, 1,000 or 10,000 requests a minute; the policy's if absent."),
      ])), answers: [.json(.named("NewApiKey"), status: 201, headers: ["Location"])],
    problems: [409])

  static let itemEndpoint = Endpoint(
    .get, "/api/keys/{id}", "get_key", tag: "keys", "One key without its secret.",
    caller: .scope(.admin), parameters: [id], answers: [.json(.named("ApiKey"))])

  static let changeEndpoint = Endpoint(
    .patch, "/api/keys/{id}", "update_key", tag: "keys", "Changes the name or the tier.",
    caller: .scope(.admin), parameters: [id],
    body: .json(
      .object([
        .optional("name", .nullable(.label)), .optional("tier", .nullable(.tier)),
      ])), answers: [.json(.named("ApiKey"))])

  static let revokeEndpoint = Endpoint(
    .delete, "/api/keys/{id}", "revoke_key", tag: "keys",
    "Ends a key for good, on every node within a second.", caller: .scope(.admin),
    parameters: [id], answers: [.empty()])

  static let rotateEndpoint = Endpoint(
    .post, "/api/keys/{id}/rotate", "rotate_key", tag: "keys",
    "Makes a key of the same name and scopes; the old one goes on working for a while.",
    caller: .scope(.admin), parameters: [id],
    body: .json(
      .object([
        .optional(
          "overlap_seconds", .nullable(.integer(overlaps)),
          "How long the old key still works; a day if absent, 0 ends it now.")
      ]), isRequired: false),
    answers: [.json(.named("NewApiKey"), status: 201, headers: ["Location"])],
    problems: [409])

  static let schemas: [(name: String, schema: Schema)] = [
    (
      "ApiKey",
      .object([
        .member("id", .text), .member("name", .text),
        .member("scopes", .array(.choice(Scope.self))),
        .member("tier", .integer(1...5), "5, which only the command line gives, has no limit."),
        .member("requests_per_minute", .integer(), "0 is without a limit."),
        .member("created_at", .time), .member("expires_at", .nullable(.time)),
        .member("revoked_at", .nullable(.time)),
        .member("last_used_at", .nullable(.time), "To the minute."),
      ])
    ),
    (
      "NewApiKey",
      .object([
        .member("key", .named("ApiKey")),
        .member("secret", .text, "The whole key `hk_<id>.<secret>`; it is not shown again."),
      ])
    ),
  ]
}

extension Schema {
  fileprivate static let scopes = Schema.array(.choice(Scope.self), minimum: 1, maximum: 20)
}
