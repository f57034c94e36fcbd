internal import Access
internal import Core
internal import IncidentStore

/// The parameters of `GET /api/incidents` and `/api/incidents/facets`, read and checked.
struct IncidentListRequest {
  enum Count: String, CaseIterable {
    case none, estimate, exact

    /// Incidents that are counted one by one at most.
    var limit: Int {
      switch self {
      case .none: 0
      case .estimate: 10_000
      case .exact: 1_000_000
      }
    }
  }

  let filter: IncidentFilter
  let sort: IncidentSort
  let limit: Int
  let count: Count
  /// Nil shows all members.
  let members: Set<String>?
  let position: IncidentPosition?
  /// The same text for the same page of the same list.
  let canonical: String
  private let list: [UInt8]

  /// - Parameter me: the email that `assignee=me` stands for; nil where the caller is no person.
  init(
    _ query: QueryReader, organization: OrganizationID, me: String?, cursors: CursorSigner
  ) throws(Problem) {
    filter = try Self.filter(query, me: me)
    sort = try Self.sort(query)
    limit = try query.int("limit", in: 1...IncidentQueries.largestPage) ?? 50
    count = try query.choice("count") ?? .none
    members = try Self.members(query)
    let list =
      "incidents\n\(organization)\n\(filter.canonical)\n\(sort.key.rawValue) \(sort.isDescending)"
    self.list = Array(list.utf8)
    let cursor = try query.string("cursor")
    let shown = members?.sorted().joined(separator: ",") ?? "-"
    canonical = "\(list)\nlimit=\(limit)\ncount=\(count)\nfields=\(shown)\ncursor=\(cursor ?? "")"
    position =
      if let cursor { try Self.position(cursors.verify(cursor, filter: self.list)) } else { nil }
  }

  func cursor(after incident: Incident, cursors: CursorSigner) -> String {
    let position = IncidentPosition(after: incident, sort)
    return cursors.sign(CursorWords.bytes([position.value, position.number]), filter: list)
  }

  private static func position(_ bytes: [UInt8]) throws(Problem) -> IncidentPosition {
    let words = try CursorWords.read(bytes, count: 2)
    return IncidentPosition(value: words[0], number: words[1])
  }

  static func filter(_ query: QueryReader, me: String?) throws(Problem) -> IncidentFilter {
    var filter = IncidentFilter()
    if try query.string("status") != "all" { filter.statuses = try choices(query, "status") }
    filter.severities = try choices(query, "severity")
    filter.verdicts = try choices(query, "verdict")
    switch try query.string("assignee", maximumBytes: 1280) {
    case nil: break
    case "none"?: filter.assignee = .nobody
    case "me"?:
      guard let me else { throw QueryReader.invalid("assignee", IncidentAssignment.noPerson) }
      filter.assignee = .person(me)
    case let name?: filter.assignee = .person(name.contains("@") ? name.lowercased() : name)
    }
    if let technique = try query.string("technique")?.uppercased() {
      guard IncidentTechnique.isOne(technique) else {
        throw QueryReader.invalid("technique", "must be a name such as T1110 or T1110.001")
      }
      filter.technique = technique
    }
    filter.entity = try entity(query)
    filter.ruleID = try query.string("rule", maximumBytes: 2048)
    filter.tag = try query.string("tag", maximumBytes: 400)
    filter.text = try query.string("q", maximumBytes: 384)
    if let text = filter.text, text.unicodeScalars.count > 96 {
      throw QueryReader.invalid("q", "must have at most 96 characters")
    }
    filter.createdSince = try query.time("created_since")
    filter.updatedSince = try query.time("updated_since")
    return filter
  }

  /// Values with commas between them; one that is given twice is the same as once.
  private static func choices<Value: RawRepresentable & CaseIterable & Hashable>(
    _ query: QueryReader, _ name: String
  ) throws(Problem) -> [Value] where Value.RawValue == String {
    guard let text = try query.string(name) else { return [] }
    var values: [Value] = []
    for item in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let value = Value(rawValue: String(item)) else {
        let known = Value.allCases.map(\.rawValue).joined(separator: ", ")
        throw QueryReader.invalid(name, "must be some of \(known), with commas between them")
      }
      if !values.contains(value) { values.append(value) }
    }
    return Value.allCases.filter { values.contains($0) }
  }

  private static func entity(_ query: QueryReader) throws(Problem) -> IncidentEntity? {
    guard let text = try query.string("entity", maximumBytes: 2080) else { return nil }
    guard let colon = text.firstIndex(of: ":"),
      IncidentEntity.types.contains(String(text[..<colon])),
      text.index(after: colon) < text.endIndex
    else { throw QueryReader.invalid("entity", "must be ip:…, host:… or user:…") }
    return IncidentEntity(
      canonical: String(text[..<colon]), String(text[text.index(after: colon)...]))
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

  private static func members(_ query: QueryReader) throws(Problem) -> Set<String>? {
    guard let text = try query.string("fields", maximumBytes: 1000) else { return nil }
    let names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    if let unknown = names.first(where: { !IncidentMember.all.contains($0) }) {
      throw QueryReader.invalid(
        "fields",
        "has no member \(unknown.prefix(64)); there are \(IncidentMember.all.joined(separator: ", "))"
      )
    }
    return Set(names)
  }
}

extension IncidentFilter {
  /// The same text for the same conditions, which no two different filters share.
  var canonical: String {
    let person: String? =
      switch assignee {
      case nil: nil
      case .nobody?: "nobody"
      case .person(let name)?: "person \(name)"
      }
    let parts: [String?] = [
      statuses.map(\.rawValue).joined(separator: ","),
      severities.map(\.rawValue).joined(separator: ","),
      verdicts.map(\.rawValue).joined(separator: ","), person, technique,
      entity.map { "\($0.type):\($0.value)" }, ruleID, tag, text,
      createdSince.map { String($0.microseconds) }, updatedSince.map { String($0.microseconds) },
    ]
    return parts.map { $0.map { "\($0.utf8.count):\($0)" } ?? "-" }.joined(separator: "\n")
  }
}

/// Whole numbers as the bytes of a cursor.
enum CursorWords {
  static func bytes(_ words: [Int64]) -> [UInt8] {
    words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - $0 * 8)) } }
  }

  /// Reads bytes whose signature was verified; other lengths come from another version.
  static func read(_ bytes: [UInt8], count: Int) throws(Problem) -> [Int64] {
    guard bytes.count == count * 8 else {
      throw QueryReader.invalid("cursor", "comes from another version: begin without a cursor")
    }
    return (0..<count).map { word in
      bytes[(word * 8)..<(word * 8 + 8)].reduce(Int64(0)) { $0 << 8 | Int64($1) }
    }
  }
}
