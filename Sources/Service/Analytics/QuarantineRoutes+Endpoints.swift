internal import Access
internal import AnalyticsStore
internal import Core
internal import HTTPTypes

extension QuarantineRoutes {
  static let listEndpoint = Endpoint(
    .get, "/api/quarantine", "list_quarantine", tag: "quarantine",
    "Records that could not be stored as events, the newest first.",
    caller: .scope(.eventsRead),
    parameters: [
      .query("state", "Only these.", .choice(QuarantinedItem.State.self)),
      .query(
        "code", "Only those with this reason.",
        .string(minimum: 1, maximum: 100, pattern: "^[a-z0-9_]+$")),
      .limit, .cursor,
    ],
    answers: [.json(.page("items", of: .named("QuarantinedRecord")))])

  static let itemEndpoint = Endpoint(
    .get, "/api/quarantine/{id}", "get_quarantined", tag: "quarantine",
    "One of them, with its original bytes.", caller: .scope(.eventsRead), parameters: [id],
    answers: [.json(.named("QuarantinedRecord"))])

  static let dropEndpoint = Endpoint(
    .post, "/api/quarantine/{id}/drop", "drop_quarantined", tag: "quarantine",
    "Gives a record up. It stays, with who did that and when.", caller: .scope(.admin),
    parameters: [id], answers: [.json(.named("QuarantinedRecord"))], problems: [409])

  private static let id = Endpoint.Parameter.path(
    "id", "The record's id.", .integer(1...Int.max))

  static let schemas: [(name: String, schema: Schema)] = [
    (
      "QuarantinedRecord",
      .object([
        .member("id", .integer()), .member("batch_id", .text),
        .member("index", .integer(), "Its place in the batch, from 0."),
        .member("received_at", .time), .member("source_type", .nullable(.text)),
        .member("code", .text), .member("detail", .text),
        .member("state", .choice(QuarantinedItem.State.self)),
        .member("resolved_at", .nullable(.time)), .member("resolved_by", .nullable(.text)),
        .member("size", .integer(), "Its bytes."),
        .optional("raw", .text, "Its bytes, where they are UTF-8 as a whole. Not in lists."),
        .optional("raw_base64", .text, "Its bytes, where they are not. Not in lists."),
        .optional("raw_complete", .boolean, "Whether all of them are shown, at most 256 KB."),
      ])
    )
  ]
}

extension JSONWriter {
  mutating func quarantineMembers(_ item: QuarantinedItem) {
    member("id", item.id)
    member("batch_id", String(item.batchID))
    member("index", item.index)
    member("received_at", item.receivedAt)
    member("source_type", item.sourceType)
    member("code", item.code)
    member("detail", item.detail)
    member("state", item.state.rawValue)
    member("resolved_at", item.resolvedAt)
    member("resolved_by", item.resolvedBy)
    member("size", item.size)
    guard let raw = item.raw else { return }
    // A text that is cut within a character is no UTF-8 any more.
    if let text = String(validating: raw, as: UTF8.self) {
      member("raw", text)
    } else {
      member("raw_base64", Self.base64(raw))
    }
    member("raw_complete", Int64(raw.count) == item.size)
  }

  /// The standard alphabet with padding (RFC 4648 §4).
  private static func base64(_ bytes: [UInt8]) -> String {
    let text = Base64.urlEncoded(bytes).replacing("-", with: "+").replacing("_", with: "/")
    return text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
  }
}
