internal import Access
internal import Core
internal import HTTPTypes
internal import WebhookStore

extension WebhookRoutes {
  private static let named = Endpoint.Parameter.path("id", "Of the webhook.", .uuid)

  static let listEndpoint = Endpoint(
    .get, "/api/webhooks", "list_webhooks", tag: "webhooks",
    "All webhooks of the organization, oldest first.", caller: .scope(.admin),
    answers: [.json(.page("webhooks", of: .named("Webhook")))])

  static let createEndpoint = Endpoint(
    .post, "/api/webhooks", "create_webhook", tag: "webhooks",
    "Tells a URL of changes of incidents from now on. The secret is shown this once.",
    caller: .scope(.admin), body: .json(.named("NewWebhook")),
    answers: [
      .json(.named("WebhookWithSecret"), "It is made.", status: 201, headers: ["Location"])
    ],
    problems: [409])

  static let itemEndpoint = Endpoint(
    .get, "/api/webhooks/{id}", "get_webhook", tag: "webhooks", "One webhook.",
    caller: .scope(.admin), parameters: [named], answers: [.json(.named("Webhook"))])

  static let changeEndpoint = Endpoint(
    .patch, "/api/webhooks/{id}", "change_webhook", tag: "webhooks",
    "Changes what is given. One that is enabled again is told of what comes from then on.",
    caller: .scope(.admin), parameters: [named], body: .json(.named("WebhookChange")),
    answers: [.json(.named("Webhook"))])

  static let deleteEndpoint = Endpoint(
    .delete, "/api/webhooks/{id}", "delete_webhook", tag: "webhooks",
    "Deletes a webhook with its deliveries, those that wait included.", caller: .scope(.admin),
    parameters: [named], answers: [.empty()])

  static let testEndpoint = Endpoint(
    .post, "/api/webhooks/{id}/test", "test_webhook", tag: "webhooks",
    "Sends a message that says that it is a test.", caller: .scope(.admin), parameters: [named],
    answers: [.json(.named("WebhookDelivery"), "It is queued.", status: 202)],
    problems: [409])

  static let deliveriesEndpoint = Endpoint(
    .get, "/api/webhooks/{id}/deliveries", "list_webhook_deliveries", tag: "webhooks",
    "What was sent and is to be sent, newest first, with the last attempts.",
    caller: .scope(.admin),
    parameters: [
      named, .query("state", "Only these.", .choice(WebhookDelivery.State.self)), .limit, .cursor,
    ],
    answers: [.json(.page("deliveries", of: .named("WebhookDelivery")))])

  static let redeliverEndpoint = Endpoint(
    .post, "/api/webhooks/{id}/deliveries/{delivery}/redeliver", "redeliver_webhook_delivery",
    tag: "webhooks", "Sends a delivery once more, under the same id.", caller: .scope(.admin),
    parameters: [named, .path("delivery", "Of the delivery.", .uuid)],
    answers: [.json(.named("WebhookDelivery"), "It is queued.", status: 202)], problems: [409])

  // MARK: Schemas

  /// Whether its host can be one is not for a pattern to say. Schemes are read in any case, and `http`
  /// is one where the configuration allows it.
  private static let url = Schema.string(
    maximum: 2048, pattern: "^[Hh][Tt][Tt][Pp][Ss]?:/{1,3}[!\"$-~]+$")
  private static let name = Schema.string(minimum: 1, maximum: 100, pattern: "^[^\\x00]*$")
  private static let secret = Schema.string(minimum: 16, maximum: 200, pattern: "^[!-~]*$")
  private static let choices: [SchemaMember] = [
    .optional("topics", .array(.choice(WebhookBody.Topic.self), minimum: 1, maximum: 10)),
    .optional(
      "actions",
      .array(.choice(WebhookBody.Action.self), maximum: WebhookBody.Action.allCases.count),
      "Such as `opened`, `created`, `grown`, `updated`, `merged`; empty for all."),
    .optional("minimum_severity", .choice(IncidentSeverity.self)),
    .optional("enabled", .boolean),
  ]
  private static let unkeyed = Webhook.Format.allCases.filter { $0 != .pagerduty }.map(\.rawValue)
  private static let shown: [SchemaMember] = [
    .member("format", .choice(Webhook.Format.self)),
    .member("topics", .array(.choice(WebhookBody.Topic.self))), .member("actions", .array(.text)),
    .member("minimum_severity", .choice(IncidentSeverity.self)), .member("enabled", .boolean),
    .member(
      "disabled_reason", .nullable(.choice(["gone"])), "`gone` where the target answered 410."),
    .member("failures", .integer(0...1_000_000), "Failed attempts since the last success."),
    .member("created_by", .text), .member("created_at", .time), .member("updated_at", .time),
  ]
  private static let identity: [SchemaMember] = [
    .member("id", .uuid), .member("name", .text), .member("url", .text),
  ]

  static let schemas: [(name: String, schema: Schema)] = [
    ("Webhook", .object(identity + shown)),
    (
      "WebhookWithSecret",
      .object(
        identity
          + [.member("secret", .text, "Signs deliveries, or is the routing key of PagerDuty.")]
          + shown)
    ),
    (
      "NewWebhook",
      .anyOf([
        .object(
          [
            .member("name", name), .member("url", url),
            .optional("secret", secret, "Made at random where it is not given."),
            .optional("format", .choice(unkeyed)),
          ] + choices),
        .object(
          [
            .member("name", name), .member("url", url),
            .member("secret", secret, "The routing key of the integration."),
            .member("format", .choice([Webhook.Format.pagerduty.rawValue])),
          ] + choices),
      ])
    ),
    (
      "WebhookChange",
      .object(
        [
          .optional("name", name), .optional("url", url), .optional("secret", secret),
          .optional("format", .choice(Webhook.Format.self)),
        ] + choices)
    ),
    ("WebhookDelivery", delivery),
  ]

  private static let delivery = Schema.object([
    .member("id", .uuid, "The header `Harrier-Delivery` of each attempt."),
    .member(
      "type", .choice(["incident.opened", "incident.updated", "incident.merged", "test"])),
    .member("state", .choice(WebhookDelivery.State.self)),
    .member("sequence", .nullable(.integer()), "Of the change; null for a test."),
    .member(
      "incident",
      .nullable(
        .object([
          .member("id", .uuid), .member("number", .text), .member("revision", .integer()),
          .member("status", .text), .member("severity", .text), .member("action", .text),
          .member("title", .text),
        ]))),
    .member("attempts", .integer()),
    .member(
      "history",
      .array(
        .object([
          .member("at", .time), .member("status", .nullable(.integer(100...999))),
          .member("latency_ms", .integer()), .member("error", .nullable(.text)),
        ]), maximum: 50), "The last attempts, oldest first."),
    .member("next_attempt_at", .nullable(.time)), .member("created_at", .time),
    .member("finished_at", .nullable(.time)),
  ])
}
