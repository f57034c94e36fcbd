internal import Access
internal import HTTPTypes

extension StreamRoutes {
  private static let position = Schema.string(pattern: "^[0-9]{1,18}$")

  static let streamEndpoint = Endpoint(
    .get, "/api/stream", "stream", tag: "stream",
    "Server-sent events: changes of incidents as they are committed, that events were stored, and "
      + "the state of the service. Ends only when the client, the credential or the node does.",
    caller: .anyOf([.incidentsRead, .eventsRead, .operate]),
    parameters: [
      .query(
        "topics",
        "Some of `incidents` (needs `incidents:read`), `events` (`events:read`) and `health` "
          + "(`operate`), with commas between them; `incidents` without.",
        .string(pattern: StreamTopic.pattern)),
      .query(
        "last_event_id", "As the header, which wins, for clients that cannot set it.", position),
      .header(
        "Last-Event-ID",
        "The `id` of the last event that was seen: the stream goes on behind it, on any node. An "
          + "event `reset` comes first where that is no longer kept.", position),
    ],
    answers: [.stream("text/event-stream", "Events, until one side ends it.")])
}
