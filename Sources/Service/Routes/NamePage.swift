internal import Access
internal import Core
internal import Hummingbird

/// A page of a list in the order of its items' names.
struct NamePage {
  let limit: Int
  /// The last name of the page before; nil for the first page.
  let last: String?
  private let canonical: [UInt8]

  /// Reads `limit` and `cursor`.
  ///
  /// - Throws: the ``Problem`` 400 that names the parameter.
  init(
    _ query: QueryReader, list: String, of organization: OrganizationID, _ cursors: CursorSigner
  ) throws(Problem) {
    canonical = Array("\(list) \(organization)".utf8)
    limit = try query.int("limit", in: 1...1000) ?? 50
    if let cursor = try query.string("cursor", maximumBytes: CursorSigner.maximumLength) {
      last = String(decoding: try cursors.verify(cursor, filter: canonical), as: UTF8.self)
    } else {
      last = nil
    }
  }

  /// - Parameter found: one more than ``limit`` where there is another page.
  func response<Item>(
    _ list: String, _ found: [Item], name: (Item) -> String, cursors: CursorSigner,
    _ members: (inout JSONWriter, Item) -> Void
  ) -> Response {
    let page = found.prefix(limit)
    let next = found.count > page.count ? page.last : nil
    return Response.json { json in
      json.array(list) { json in
        for item in page { json.object { members(&$0, item) } }
      }
      json.member(
        "next_cursor", next.map { cursors.sign(Array(name($0).utf8), filter: canonical) })
    }
  }
}

extension Problem {
  static var cursorOfAnotherVersion: Problem {
    QueryReader.invalid("cursor", "comes from another version: begin without a cursor")
  }
}
