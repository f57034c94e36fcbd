internal import Access
internal import HTTPTypes

extension OrganizationRoutes {
  static let itemEndpoint = Endpoint(
    .get, "/api/organization", "get_organization", tag: "organization",
    "The caller's organization with its policy.", caller: .known,
    answers: [.json(.named("Organization"))])

  static let changeEndpoint = Endpoint(
    .patch, "/api/organization", "update_organization", tag: "organization",
    "Changes the name, or what the policy says: what is absent or null stays.",
    caller: .scope(.admin),
    body: .json(
      .object([
        .optional("name", .nullable(.label)),
        .optional(
          "policy",
          .nullable(
            .object([
              .optional("user_tier", .nullable(.tier)), .optional("key_tier", .nullable(.tier)),
              .optional("maximum_tier", .nullable(.tier)),
              .optional("session_days", .nullable(.integer(OrganizationPolicy.days))),
              .optional("session_idle_days", .nullable(.integer(OrganizationPolicy.days))),
              .optional(
                "password_length", .nullable(.integer(OrganizationPolicy.passwordLengths))),
              .optional(
                "key_days", .nullable(.integer(0...OrganizationPolicy.keyLifetimes.upperBound)),
                "0 lets keys live without an end."),
            ]))),
      ])), answers: [.json(.named("Organization"))])

  static let schemas: [(name: String, schema: Schema)] = [
    (
      "Organization",
      .object([
        .member("id", .integer()), .member("slug", .text), .member("name", .text),
        .member("created_at", .time),
        .member(
          "policy",
          .object([
            .member("user_tier", .tier, "Of people: 60, 300, 1,000 or 10,000 requests a minute."),
            .member("key_tier", .tier, "Of a new key that names none."),
            .member("maximum_tier", .tier, "The most that people and keys get; operators set it."),
            .member("session_days", .integer(), "How long a login lasts that is renewed."),
            .member("session_idle_days", .integer(), "How long it lasts without being renewed."),
            .member("password_length", .integer(), "Characters of a new password at least."),
            .member("key_days", .nullable(.integer()), "The longest life of a new key."),
          ])),
      ])
    )
  ]
}
