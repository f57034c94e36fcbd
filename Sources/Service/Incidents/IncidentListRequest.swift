internal import Access
internal import Core
internal import IncidentStore

/// The parameters of `GET /api/incidents`, read and checked.
struct IncidentListRequest {
  static let parameters = [
    "status", "severity", "assignee", "technique", "entity", "rule", "tag", "created_since",
    "updated_since", "sort", "limit", "cursor",
  ]

  let filter: IncidentFilter
  let sort: IncidentSort
  let limit: Int
  let position: IncidentPosition?
  /// The same text for the same page of the same list.
  let canonical: String
  private let list: [UInt8]

  init(
    _ text: String?, organization: OrganizationID, cursors: CursorSigner
  ) throws(Problem) {
    let query = try QueryReader(text, allowing: Self.parameters)
    filter = try Self.filter(query)
    sort = try Self.sort(query)
    limit = try query.int("limit", in: 1...IncidentQueries.largestPage) ?? 50
    var parts: [String] = []
    for name in Self.parameters where name != "cursor" && name != "limit" {
      guard let value = try query.string(name, maximumBytes: 4096) else { continue }
      parts.append("\(name)=\(value.utf8.count):\(value)")
    }
    let list = "incidents\n\(organization)\n" + parts.joined(separator: "\n")
    self.list = Array(list.utf8)
    let cursor = try query.string("cursor")
    canonical = "\(list)\nlimit=\(limit)\ncursor=\(cursor ?? "")"
    position =
      if let cursor { try Self.position(cursors.verify(cursor, filter: self.list)) } else { nil }
  }

  func cursor(after incident: Incident, cursors: CursorSigner) -> String {
    let position = IncidentPosition(after: incident, sort)
    let bytes = [position.value, position.number].flatMap { number in
      (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - $0 * 8)) }
    }
    return cursors.sign(bytes, filter: list)
  }

  private static func position(_ bytes: [UInt8]) throws(Problem) -> IncidentPosition {
    guard bytes.count == 16 else {
      throw QueryReader.invalid("cursor", "comes from another version: begin without a cursor")
    }
    let numbers = (0..<2).map { word in
      bytes[(word * 8)..<(word * 8 + 8)].reduce(Int64(0)) { $0 << 8 | Int64($1) }
    }
    return IncidentPosition(value: numbers[0], number: numbers[1])
  }

  private static func filter(_ query: QueryReader) throws(Problem) -> IncidentFilter {
    var filter = IncidentFilter()
    if try query.string("status") != "all" {
      filter.statuses = try query.choices("status") ?? []
    }
    filter.severities = try query.choices("severity") ?? []
    if let assignee = try query.string("assignee") {
      filter.assignee = assignee == "none" ? .nobody : .person(assignee)
    }
    filter.technique = try query.string("technique")?.uppercased()
    filter.entity = try entity(query)
    filter.ruleID = try query.string("rule")
    filter.tag = try query.string("tag")
    filter.createdSince = try query.time("created_since")
    filter.updatedSince = try query.time("updated_since")
    return filter
  }

  private static func entity(_ query: QueryReader) throws(Problem) -> IncidentEntity? {
    guard let text = try query.string("entity") else { return nil }
    guard let colon = text.firstIndex(of: ":"), ["ip", "host", "user"].contains(text[..<colon]),
      text.index(after: colon) < text.endIndex
    else { throw QueryReader.invalid("entity", "must be ip:…, host:… or user:…") }
    return IncidentEntity(
      type: String(text[..<colon]), value: String(text[text.index(after: colon)...]))
  }

  private static func sort(_ query: QueryReader) throws(Problem) -> IncidentSort {
    guard let text = try query.string("sort") else { return .standard }
    let isDescending = text.hasPrefix("-")
    guard let key = IncidentSort.Key(rawValue: isDescending ? String(text.dropFirst()) : text)
    else {
      let known = IncidentSort.Key.allCases.map(\.rawValue).joined(separator: ", ")
      throw QueryReader.invalid("sort", "must be one of \(known), with - before it for descending")
    }
    return IncidentSort(key, descending: isDescending)
  }
}
