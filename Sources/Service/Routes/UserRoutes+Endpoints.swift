internal import Access
internal import HTTPTypes

extension UserRoutes {
  /// As ``Email`` reads it.
  private static let email = Schema.string(
    minimum: 3, maximum: 254, pattern: "^[!-?A-~]+@[!-?A-~]+$")
  private static let id = Endpoint.Parameter.path("id", "The number of the user.", .smallNumber)

  static let listEndpoint = Endpoint(
    .get, "/api/users", "list_users", tag: "users", "The organization's people, in order of ids.",
    caller: .scope(.admin), parameters: [.limit, .cursor],
    answers: [.json(.page("users", of: .named("User")))])

  static let createEndpoint = Endpoint(
    .post, "/api/users", "create_user", tag: "users",
    "Makes a login. Nobody gives out a role that may do more than he may himself.",
    caller: .scope(.admin),
    body: .json(
      .object([
        .member("email", email), .member("password", .password),
        .member("role", .choice(Role.self)),
      ])), answers: [.json(.named("User"), status: 201, headers: ["Location"])], problems: [409])

  static let itemEndpoint = Endpoint(
    .get, "/api/users/{id}", "get_user", tag: "users", "One person.", caller: .scope(.admin),
    parameters: [id], answers: [.json(.named("User"))])

  static let changeEndpoint = Endpoint(
    .patch, "/api/users/{id}", "update_user", tag: "users",
    "Changes the role, or closes or opens the login. Closing it ends all sessions.",
    caller: .scope(.admin), parameters: [id],
    body: .json(
      .object([
        .optional("role", .nullable(.choice(Role.self))),
        .optional("disabled", .nullable(.boolean)),
      ])), answers: [.json(.named("User"))], problems: [409])

  static let passwordEndpoint = Endpoint(
    .post, "/api/users/{id}/password", "set_user_password", tag: "users",
    "Sets a new password and ends all sessions.", caller: .scope(.admin), parameters: [id],
    body: .json(.object([.member("password", .password)])), answers: [.empty()])

  static let schemas: [(name: String, schema: Schema)] = [
    (
      "User",
      .object([
        .member("id", .integer()), .member("email", .text), .member("role", .choice(Role.self)),
        .member("created_at", .time), .member("disabled_at", .nullable(.time)),
      ])
    )
  ]
}
