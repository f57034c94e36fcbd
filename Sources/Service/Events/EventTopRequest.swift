internal import Core
internal import EventSearch
internal import EventStore

/// The parameters of `GET /api/events/top`, read and checked.
struct EventTopRequest {
  static let mostValues = 100
  /// Those of which values come again.
  static let fields: [EventField] = EventParameters.fields + [.message]

  let selection: EventSelection
  let field: EventField
  let limit: Int

  static let parameters: [Endpoint.Parameter] =
    EventParameters.endpoint + [
      .query(
        "field", "Whose values are counted.",
        .choice(fields.map(\.rawValue) + fields.flatMap(\.aliases)), isRequired: true),
      .query(
        "limit", "The most values to show; 10 where it is left out.", .integer(1...mostValues)),
    ]

  init(_ reader: QueryReader, organization: OrganizationID, now: Timestamp) throws(Problem) {
    guard let name = try reader.string("field"), let field = EventField(name: name),
      Self.fields.contains(field)
    else {
      let known = Self.fields.map(\.rawValue).joined(separator: ", ")
      throw QueryReader.invalid("field", "must be given and be one of \(known)")
    }
    self.field = field
    limit = try reader.int("limit", in: 1...Self.mostValues) ?? 10
    selection = try EventSelection(reader, organization: organization, now: now)
  }

  var canonical: [String] { [field.rawValue, String(limit)] }
}
