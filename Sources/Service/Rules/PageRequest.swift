internal import Access
internal import Core
internal import Hummingbird

/// One page of what a rule or an organization has many of, newest first, each with a number.
struct PageRequest {
  let organization: OrganizationID
  /// The `id` of the path; empty where there is none.
  let name: String
  /// The number at which the page before ended.
  let before: Int64?
  let limit: Int
  let query: QueryReader
  private let cursors: CursorSigner
  private let filter: [UInt8]

  private static let standard = 100
  private static let largest = 1000

  /// - Parameters:
  ///   - endpoint: its name is that of the list in cursors, which are bound to the values of all its
  ///     parameters but `limit`.
  init(
    _ request: Request, _ endpoint: Endpoint, _ context: HarrierRequestContext,
    _ cursors: CursorSigner
  ) throws(Problem) {
    organization = try context.authenticated().organization
    query = try request.query(of: endpoint)
    guard let name = context.parameters.get("id") == nil ? "" : context.pathParameter("id") else {
      throw Problem.noSuch("rule")
    }
    self.name = name
    limit = try query.int("limit", in: 1...Self.largest) ?? Self.standard
    var parts = ["\(endpoint.name)", "\(organization)", "\(name.utf8.count):\(name)"]
    for other in endpoint.queryNames where other != "limit" && other != "cursor" {
      if let value = try query.string(other) {
        parts.append("\(other)=\(value.utf8.count):\(value)")
      }
    }
    filter = Array(parts.joined(separator: "\n").utf8)
    self.cursors = cursors
    guard let cursor = try query.string("cursor") else {
      before = nil
      return
    }
    let bytes = try cursors.verify(cursor, filter: filter)
    guard bytes.count == 8 else {
      throw QueryReader.invalid("cursor", "comes from another version: begin without a cursor")
    }
    before = bytes.reduce(Int64(0)) { $0 << 8 | Int64($1) }
  }

  /// - Parameters:
  ///   - items: at most `limit`; where there are as many there may be more.
  ///   - position: an item's number.
  func answer<Item>(
    _ member: String, _ items: [Item], position: (Item) -> Int64,
    _ write: (inout JSONWriter, Item) -> Void
  ) -> Response {
    var cursor: String?
    if items.count >= limit, let last = items.last {
      let number = position(last)
      cursor = cursors.sign(
        (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - $0 * 8)) }, filter: filter)
    }
    return Response.json { json in
      json.array(member) { json in
        for item in items { json.object { write(&$0, item) } }
      }
      json.member("next_cursor", cursor)
    }
  }
}
