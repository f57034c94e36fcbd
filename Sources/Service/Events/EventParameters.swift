internal import Core
internal import EventSearch

/// The filter parameters that all event endpoints share: one for each field, under Harrier's name and
/// those of the Elastic Common Schema, and `q`.
enum EventParameters {
  /// The fields that have a parameter of their own.
  static let fields: [EventField] = [
    .severity, .sourceType, .eventID, .srcIP, .srcPort, .dstIP, .dstPort, .proto, .host, .user,
    .process, .action, .outcome,
  ]
  /// Characters of a parameter's value.
  static let maximumLength = 500

  static let endpoint: [Endpoint.Parameter] =
    [
      .query(
        "from",
        "The first time of the range; 24 hours before `to`, or before now, where it is left out.",
        .time),
      .query(
        "to",
        "Behind the last time of the range; five minutes from now, as clocks of sensors may be ahead, where it "
          + "is left out.", .time),
      .query(
        "q", "A query in Harrier's query language, such as `src_ip:10.0.0.0/8 -outcome:success`.",
        .string(minimum: 1, maximum: EventQueryLimits.bytes)),
    ]
    + fields.flatMap { field in
      [.query(field.rawValue, description(of: field), schema(of: field))]
        + field.aliases.map {
          .query($0, "The same as `\(field.rawValue)`.", schema(of: field))
        }
    }

  /// What must hold of the events; nil for no condition.
  ///
  /// - Returns: the query, and the character of `q` from which on it reads every event of the range.
  static func query(
    _ reader: QueryReader
  ) throws(Problem) -> (query: EventQuery?, openWildcard: Int?) {
    var parts: [EventQuery] = []
    for field in fields {
      for name in [field.rawValue] + field.aliases {
        if let part = try values(reader, name, of: field) { parts.append(part) }
      }
    }
    guard let text = try reader.string("q", maximumBytes: EventQueryLimits.bytes) else {
      return (EventQuery.all(parts), nil)
    }
    do throws(EventQueryError) {
      let parsed = try ParsedEventQuery(text)
      return (EventQuery.all(parts + [parsed.query]), parsed.openWildcard)
    } catch {
      throw unreadable(error.position, error.message)
    }
  }

  static func unreadable(_ position: Int, _ message: String) -> Problem {
    let known =
      message.contains(EventQueryError.knownFields) ? "" : "; " + EventQueryError.knownFields
    return .invalidQuery(
      "invalid_parameter", "q at character \(position): \(message)\(known)",
      [FieldError(pointer: "q", code: "invalid", detail: "at character \(position): \(message)")])
  }

  private static func values(
    _ reader: QueryReader, _ name: String, of field: EventField
  ) throws(Problem) -> EventQuery? {
    guard let text = try reader.string(name, maximumBytes: maximumLength * 4) else { return nil }
    guard text.unicodeScalars.count <= maximumLength else {
      throw QueryReader.invalid(name, "must have at most \(maximumLength) characters")
    }
    var tests: [EventQuery] = []
    var seen: Set<[UInt8]> = []
    for value in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard !value.isEmpty else {
        throw QueryReader.invalid(name, "must be values with commas between them, none empty")
      }
      do throws(EventValueError) {
        let test = EventQuery.test(field, try EventTest(value: String(value), of: field))
        if seen.insert(Array(test.description.utf8)).inserted { tests.append(test) }
      } catch {
        throw QueryReader.invalid(name, error.expectation)
      }
    }
    return EventQuery.any(tests)
  }

  private static func description(of field: EventField) -> String {
    switch field.kind {
    case .integer: "Numbers or ranges such as `7..` or `3..6`, with commas between them."
    case .address: "Addresses or networks in CIDR notation, with commas between them."
    default: "Values, compared as they are, with commas between them."
    }
  }

  private static func schema(of field: EventField) -> Schema {
    switch field.kind {
    case .integer(let range):
      let number = range.upperBound == 10 ? "(10|[0-9])" : Self.port
      let item = "(\(number)(\\.\\.(\(number))?)?|\\.\\.\(number))"
      return .string(minimum: 1, maximum: maximumLength, pattern: "^\(item)(,\(item))*$")
    case .address:
      let octet = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
      let item = "\(octet)(\\.\(octet)){3}(/(3[0-2]|[12]?[0-9]))?"
      return .anyOf([
        .string(minimum: 7, maximum: maximumLength, pattern: "^\(item)(,\(item))*$"),
        .format("ipv6"),
      ])
    default:
      return .string(minimum: 1, maximum: maximumLength, pattern: "^[^,]+(,[^,]+)*$")
    }
  }

  private static let port =
    "(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[0-9]{1,4})"
}
