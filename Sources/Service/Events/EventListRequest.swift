internal import Access
internal import Core
internal import EventStore
internal import ListCache

/// The parameters of `GET /api/events`, read and checked.
struct EventListRequest {
  static let parameters = [
    "from", "to", "severity", "source_type", "event_id", "src_ip", "dst_ip", "host", "user",
    "action",
    "outcome", "fields", "sort", "limit", "cursor",
  ]
  private static let day: Int64 = 86_400_000_000

  var filter: EventFilter
  let position: EventPosition?
  let ascending: Bool
  let limit: Int
  /// Nil shows all members but `raw`.
  let members: Set<String>?
  /// What a cursor of this list is bound to.
  private let canonical: [UInt8]
  /// The same text for the same page of the same list. A list without a range is one list: its answer
  /// says by `as_of` which 24 hours it shows.
  let canonicalPage: String

  var withRaw: Bool { members?.contains("raw") ?? false }

  /// - Parameter now: without a range the list is that of the 24 hours before it.
  init(
    _ text: String?, organization: OrganizationID, now: Timestamp, cursors: CursorSigner
  ) throws(Problem) {
    let query = try QueryReader(text, allowing: Self.parameters)
    ascending = try Self.ascending(query)
    limit = try query.int("limit", in: 1...1000) ?? 100
    members = try Self.members(query)
    let conditions = try Self.conditions(query, organization)
    let canonical = Array("events\n\(organization)\n\(ascending)\n\(conditions.description)".utf8)
    self.canonical = canonical
    let range: [String?] = [
      try query.string("from"), try query.string("to"), try query.string("cursor"),
    ]
    let shape: [String?] = [String(limit), members?.sorted().joined(separator: ",")]
    canonicalPage =
      String(decoding: canonical, as: UTF8.self) + "\n"
      + (range + shape).map { $0 ?? "-" }.joined(separator: "\n")
    if let cursor = try query.string("cursor") {
      let decoded = try EventCursor(cursors.verify(cursor, filter: canonical))
      position = decoded.position
      filter = conditions.filter(organization, from: decoded.from, to: decoded.to)
      return
    }
    position = nil
    let to = try query.time("to") ?? now.advanced(byMicroseconds: 300_000_000)
    let from = try query.time("from") ?? min(now, to).advanced(byMicroseconds: -Self.day)
    guard from < to else { throw QueryReader.invalid("from", "must lie before to") }
    filter = conditions.filter(organization, from: from, to: to)
  }

  /// A cursor for the page behind `event`; it carries the list's range, so that a page later in the day
  /// is still a page of the same list.
  func cursor(after event: StoredEvent, cursors: CursorSigner) -> String {
    let position = EventPosition(ts: event.ts, id: event.id)
    return cursors.sign(
      EventCursor(position: position, from: filter.from, to: filter.to).bytes, filter: canonical)
  }

  /// What makes a cached page invalid: new events in one of its months. A list over many months
  /// depends on all of the organization's.
  func cacheScope(_ organization: OrganizationID) -> CacheScope {
    var patterns: [CachePattern] = []
    var month = filter.from
    while month < filter.to, patterns.count <= Self.cachedMonths {
      patterns.append(.events(of: organization, month: month))
      month = month.month.end
    }
    return CacheScope(list: "events.list", organization: organization, within: patterns)
  }

  /// Whether the list spans few enough months to be cached.
  var isCacheable: Bool {
    filter.from.advanced(byMicroseconds: Int64(Self.cachedMonths - 1) * 28 * Self.day) >= filter.to
  }

  private static let cachedMonths = 4

  private static func ascending(_ query: QueryReader) throws(Problem) -> Bool {
    switch try query.string("sort") {
    case nil, "-ts": return false
    case "ts": return true
    default: throw QueryReader.invalid("sort", "must be ts or -ts")
    }
  }

  private static func members(_ query: QueryReader) throws(Problem) -> Set<String>? {
    guard let names = try query.list("fields") else { return nil }
    if let unknown = names.first(where: { !EventMember.all.contains($0) }) {
      throw QueryReader.invalid("fields", "has no member \(unknown.prefix(64))")
    }
    return Set(names)
  }

  private static func conditions(
    _ query: QueryReader, _ organization: OrganizationID
  ) throws(Problem) -> EventConditions {
    var conditions = EventConditions()
    conditions.severity = try SeverityRange.read(query)
    conditions.sourceType = try query.string("source_type")
    conditions.eventID = try query.string("event_id")
    conditions.srcIP = try address(query, "src_ip")
    conditions.dstIP = try address(query, "dst_ip")
    conditions.host = try query.string("host")
    conditions.user = try query.string("user")
    conditions.action = try query.string("action")
    conditions.outcome = try query.string("outcome")
    return conditions
  }

  private static func address(
    _ query: QueryReader, _ name: String
  ) throws(Problem) -> AddressCondition? {
    guard let text = try query.string(name, maximumBytes: 64) else { return nil }
    guard let condition = AddressCondition(text) else {
      throw QueryReader.invalid(
        name, "must be an address such as 203.0.113.7 or a network such as 10.0.0.0/8")
    }
    return condition
  }
}

/// `severity=7`, or a range: `7..10`, `7..`, `..3`.
enum SeverityRange {
  static func read(_ query: QueryReader) throws(Problem) -> ClosedRange<Int16>? {
    guard let text = try query.string("severity", maximumBytes: 8) else { return nil }
    let ends = text.components(around: "..")
    let low = ends.0.isEmpty ? 0 : Int16(ends.0)
    let high = ends.1.map { $0.isEmpty ? 10 : Int16($0) } ?? low
    guard let low, let high, low <= high, low >= 0, high <= 10, text != ".." else {
      throw QueryReader.invalid("severity", "must be 0 to 10, or a range such as 7.. or 3..6")
    }
    return low...high
  }
}

extension String {
  /// What stands before the separator and, if there is one, behind it.
  fileprivate func components(around separator: String) -> (String, String?) {
    guard let range = firstRange(of: separator) else { return (self, nil) }
    return (String(self[..<range.lowerBound]), String(self[range.upperBound...]))
  }
}
