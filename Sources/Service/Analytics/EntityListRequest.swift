internal import Access
internal import AnalyticsStore
internal import Core

/// The parameters of `GET /api/entities`, read and checked.
struct EntityListRequest {
  let filter: EntityFilter
  let limit: Int
  let position: EntityPosition?
  /// The same text for the same page of the same list.
  let canonical: String
  private let list: [UInt8]

  init(
    _ query: QueryReader, organization: OrganizationID, cursors: CursorSigner
  ) throws(Problem) {
    filter = EntityFilter(
      type: try query.choice("type"), sort: try query.choice("sort") ?? .risk)
    limit = try query.int("limit", in: 1...1000) ?? 50
    let list = [
      "entities", "\(organization)", filter.type?.rawValue ?? "-", filter.sort.rawValue,
    ].joined(separator: "\n")
    self.list = Array(list.utf8)
    let cursor = try query.string("cursor")
    canonical = "\(list)\n\(limit)\n\(cursor ?? "-")"
    position =
      if let cursor { try Self.position(cursors.verify(cursor, filter: self.list)) } else { nil }
  }

  func cursor(after entity: EntityRisk, cursors: CursorSigner) -> String {
    let position = EntityPosition(after: entity, filter.sort)
    let bytes = [position.value, position.id].flatMap { number in
      (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - $0 * 8)) }
    }
    return cursors.sign(bytes, filter: list)
  }

  private static func position(_ bytes: [UInt8]) throws(Problem) -> EntityPosition {
    guard bytes.count == 16 else {
      throw QueryReader.invalid("cursor", "comes from another version: begin without a cursor")
    }
    let numbers = (0..<2).map { word in
      bytes[(word * 8)..<(word * 8 + 8)].reduce(Int64(0)) { $0 << 8 | Int64($1) }
    }
    return EntityPosition(value: numbers[0], id: numbers[1])
  }
}
