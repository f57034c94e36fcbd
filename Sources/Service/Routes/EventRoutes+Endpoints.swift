internal import Access
internal import Core
internal import EventSearch
internal import EventStore
internal import HTTPTypes

extension EventRoutes {
  static let listEndpoint = Endpoint(
    .get, "/api/events", "list_events", tag: "events",
    "Lists events, newest first, page by page: by a cursor, or by numbers with `page`.",
    caller: .scope(.eventsRead), parameters: EventListRequest.parameters,
    answers: [
      .json(
        .anyOf([.named("EventList"), .named("EventPage")]),
        "A page: `EventPage` with `page` or `page_size`, else `EventList`.")
    ])

  static let itemEndpoint = Endpoint(
    .get, "/api/events/{id}", "get_event", tag: "events", "One event with its raw record.",
    caller: .scope(.eventsRead),
    parameters: [.path("id", "The event's id.", .uuid)], answers: [.json(.named("Event"))])

  static let histogramEndpoint = Endpoint(
    .get, "/api/events/histogram", "event_histogram", tag: "events",
    "Counts events by stretches of time that are aligned in UTC.", caller: .scope(.eventsRead),
    parameters: EventHistogramRequest.parameters, answers: [.json(.named("EventHistogram"))])

  static let topEndpoint = Endpoint(
    .get, "/api/events/top", "top_events", tag: "events",
    "The most frequent values of a field: of all events for `severity` and `source_type`, else "
      + "of the newest 100,000, which `sampled` tells.",
    caller: .scope(.eventsRead), parameters: EventTopRequest.parameters,
    answers: [.json(.named("EventTop"))])

  static let exportEndpoint = Endpoint(
    .get, "/api/events/export", "export_events", tag: "events",
    "Streams events as lines of JSON or as CSV. A JSON export that was cut or failed ends in a line "
      + "`{\"error\":{…}}`; a CSV export then breaks off without the end of the HTTP message.",
    caller: .scope(.eventsRead), audit: .always, parameters: EventExportRequest.parameters,
    answers: [
      Endpoint.Answer(
        status: 200, description: "The events.",
        contents: EventExportFormat.allCases.map { ($0.mediaType, Schema.text) },
        headers: ["Content-Disposition"])
    ], problems: [429])

  static let schemas: [(name: String, schema: Schema)] = [
    ("Event", event), ("EventList", list), ("EventPage", page), ("EventHistogram", histogram),
    ("EventTop", top),
  ]

  /// With `fields` only the members that were chosen.
  private static let event = Schema.object([
    .optional("id", .uuid),
    .optional("ts", .time, "When it happened."),
    .optional("received_at", .time, "When it came."),
    .optional("source_type", .text),
    .optional("event_id", .nullable(.text), "What the source calls this kind of event."),
    .optional("severity", .integer(0...10)),
    .optional("src_ip", .nullable(.text)),
    .optional("src_port", .nullable(.integer(0...65535))),
    .optional("dst_ip", .nullable(.text)),
    .optional("dst_port", .nullable(.integer(0...65535))),
    .optional("protocol", .nullable(.text)),
    .optional("host", .nullable(.text)),
    .optional("user", .nullable(.text)),
    .optional("process", .nullable(.text)),
    .optional("action", .nullable(.text)),
    .optional("outcome", .nullable(.text)),
    .optional("message", .nullable(.text)),
    .optional("batch_id", .text, "The receipt of the batch that brought it."),
    .optional(
      "raw", .anyOf([.map(.any), .text]),
      "The record as it came: an object, or the text of a line. In lists only where `fields` names it."
    ),
  ])

  private static let range: [SchemaMember] = [
    .member("from", .time, "The range begins with this time."),
    .member("to", .time, "The range ends before this time."),
    .member("as_of", .time, "When the answer was made."),
  ]

  private static let list = Schema.page(
    "events", of: .named("Event"),
    and: range + [
      .optional("total", .integer(), "With `count`: how many events the filter selects."),
      .optional("total_is_estimate", .boolean),
    ])

  private static let page = Schema.object([
    .member("events", .array(.named("Event"), maximum: EventListRequest.largestPage)),
    .member("page", .integer()),
    .member("page_size", .integer()),
    .member("total", .integer()),
    .member("pages", .integer()),
    .member("total_is_estimate", .boolean),
  ])

  private static let histogram = Schema.object(
    [
      .member("interval", .choice(HistogramInterval.self)),
      .member("by", .nullable(.choice(["severity", "source_type"]))),
      .member("total", .integer()),
      .member(
        "buckets",
        .array(
          .object([
            .member("start", .time), .member("count", .integer()),
            .optional("counts", .map(.integer()), "With `by`: the count of each value."),
          ]), maximum: EventStatistics.bucketLimit), "All of the range, oldest first."),
    ] + range)

  private static let top = Schema.object(
    [
      .member("field", .choice(EventTopRequest.fields.map(\.rawValue))),
      .member(
        "values",
        .array(
          .object([.member("value", .text), .member("count", .integer())]),
          maximum: EventTopRequest.mostValues),
        "The most frequent first."),
      .member("events", .integer(), "How many events were looked at."),
      .member(
        "sampled", .boolean, "Whether there may be more events than were looked at: the newest."),
    ] + range)
}
