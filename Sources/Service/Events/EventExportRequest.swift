internal import Core
internal import EventSearch
internal import EventStore

/// How an export is written.
enum EventExportFormat: String, CaseIterable {
  case ndjson, csv

  var mediaType: String {
    switch self {
    case .ndjson: "application/x-ndjson"
    case .csv: "text/csv"
    }
  }

  /// With what CSV needs said (RFC 4180 §3).
  var contentType: String {
    switch self {
    case .ndjson: mediaType
    case .csv: "text/csv; charset=utf-8; header=present"
    }
  }
}

/// The parameters of `GET /api/events/export`, read and checked.
struct EventExportRequest: Sendable {
  /// The most events of one export.
  static let most = 10_000_000

  let selection: EventSelection
  let format: EventExportFormat
  let order: EventOrder
  /// In the order of the columns.
  let members: [String]
  let limit: Int
  /// Whether the request itself asks for so many and no more.
  let isLimited: Bool

  var withRaw: Bool { members.contains("raw") }

  static let parameters: [Endpoint.Parameter] =
    EventParameters.endpoint + [
      .query("format", "Lines of JSON, or CSV.", .choice(EventExportFormat.self)),
      .query(
        "fields",
        "The members to write, in this order for CSV; all but `raw` where it is left out.",
        EventMember.listSchema),
      EventOrder.parameter,
      .query(
        "limit", "The most events; without it the export ends at 10,000,000 and says so.",
        .integer(1...most)),
    ]

  init(_ reader: QueryReader, organization: OrganizationID, now: Timestamp) throws(Problem) {
    format = try reader.choice("format") ?? .ndjson
    order = try EventOrder(reader)
    members = try EventMember.list(reader) ?? EventMember.standard
    let limit = try reader.int("limit", in: 1...Self.most)
    self.limit = limit ?? Self.most
    isLimited = limit != nil
    selection = try EventSelection(reader, organization: organization, now: now)
  }
}
