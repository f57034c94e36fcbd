internal import Access
internal import Core
internal import IncidentStore

/// The page of a list that belongs to one incident: `limit` and `cursor`.
struct PageCursor {
  let limit: Int
  /// Where the page before ended; nil for the first.
  let words: [Int64]?
  private let list: [UInt8]

  init(
    _ query: QueryReader, list: String, of incident: Incident, _ organization: OrganizationID,
    words count: Int, most: Int = 1000, cursors: CursorSigner
  ) throws(Problem) {
    limit = try query.int("limit", in: 1...most) ?? min(100, most)
    self.list = Array("incident \(list)\n\(organization)\n\(incident.id)".utf8)
    if let cursor = try query.string("cursor") {
      words = try CursorWords.read(cursors.verify(cursor, filter: self.list), count: count)
    } else {
      words = nil
    }
  }

  func next(_ words: [Int64], cursors: CursorSigner) -> String {
    cursors.sign(CursorWords.bytes(words), filter: list)
  }
}
