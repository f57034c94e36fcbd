internal import Access
internal import HTTPTypes

extension AuthRoutes {
  static let loginEndpoint = Endpoint(
    .post, "/api/auth/login", "login", tag: "auth",
    "Exchanges an email and a password for tokens.", caller: .anyone, limit: .none, audit: .always,
    body: .json(.object([.member("email", .text), .member("password", .text)])),
    answers: [.json(.named("Tokens"))], problems: [401, 429])

  static let refreshEndpoint = Endpoint(
    .post, "/api/auth/refresh", "refresh_tokens", tag: "auth",
    "Exchanges a refresh token, once, for new tokens.", caller: .anyone, limit: .none,
    audit: .always,
    body: .json(.object([.member("refresh_token", .text)])),
    answers: [.json(.named("Tokens"))], problems: [401, 429])

  static let logoutEndpoint = Endpoint(
    .post, "/api/auth/logout", "logout", tag: "auth",
    "Ends the session of the access token.", caller: .person, answers: [.empty()])

  static let meEndpoint = Endpoint(
    .get, "/api/auth/me", "who_am_i", tag: "auth", "Who the credential says that the caller is.",
    caller: .known, answers: [.json(.named("Identity"))])

  static let schemas: [(name: String, schema: Schema)] = [
    (
      "Tokens",
      .object([
        .member("access_token", .text), .member("refresh_token", .text),
        .member("token_type", .choice(["bearer"])), .member("expires_in", .integer()),
      ])
    ),
    (
      "Identity",
      .object([
        .member("subject", .text),
        .member(
          "organization",
          .object([.member("id", .integer()), .member("slug", .text), .member("name", .text)])),
        .optional(
          "user",
          .object([
            .member("id", .integer()), .member("email", .text), .member("role", .choice(Role.self)),
            .member("created_at", .time),
          ])), .optional("key_id", .text),
        .member("scopes", .array(.choice(Scope.self))),
      ])
    ),
  ]
}
