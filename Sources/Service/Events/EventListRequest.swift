internal import Access
internal import Core
internal import EventSearch
internal import EventStore

/// The parameters of `GET /api/events`, read and checked.
struct EventListRequest {
  /// How much is told of the number of events.
  enum Count: String, CaseIterable {
    case nothing = "none"
    case estimate, exact
  }

  /// A page by its number, from 1.
  struct Page {
    let number: Int
    let size: Int

    var offset: Int { (number - 1) * size }
  }

  static let largestPage = 1000
  /// Rows behind which pages are reached by a cursor only.
  static let deepest = 100_000

  let selection: EventSelection
  let position: EventPosition?
  let order: EventOrder
  let limit: Int
  /// Nil in cursor mode.
  let page: Page?
  let count: Count
  /// Nil shows all members but `raw`.
  let members: [String]?
  /// What a cursor of this list is bound to.
  private let signed: [UInt8]
  private let cursor: String?

  var filter: EventFilter { selection.filter }
  /// Whether it is the beginning of what is new, which people look at again and again.
  var isFirstPage: Bool { selection.isLatest && (page?.number ?? 1) == 1 }
  var withRaw: Bool { members?.contains("raw") ?? false }

  static let parameters: [Endpoint.Parameter] =
    EventParameters.endpoint + [
      .query("fields", "The members to show, with commas between them.", EventMember.listSchema),
      EventOrder.parameter, .limit, .cursor,
      .query(
        "count", "Whether `total` says how many events there are; `estimate` with `page`.",
        .choice(Count.self)),
      .query(
        "page", "The number of a page, instead of a cursor; up to 100,000 events deep.",
        .integer(1...deepest)),
      .query("page_size", "The most that a page with a number holds.", .integer(1...largestPage)),
    ]

  init(
    _ reader: QueryReader, organization: OrganizationID, now: Timestamp, cursors: CursorSigner
  ) throws(Problem) {
    order = try EventOrder(reader)
    members = try EventMember.list(reader)
    page = try Self.page(reader)
    count = try reader.choice("count") ?? (page == nil ? .nothing : .estimate)
    if page != nil, count == .nothing {
      throw QueryReader.invalid("count", "must be estimate or exact with page")
    }
    let given = try reader.int("limit", in: 1...Self.largestPage)
    limit = page?.size ?? given ?? 100
    cursor = try reader.string("cursor", maximumBytes: CursorSigner.maximumLength)
    let order = order
    var signed: [UInt8] = []
    var position: EventPosition?
    selection = try EventSelection(reader, organization: organization, now: now) {
      (conditions) throws(Problem) in
      signed = Array("events\n\(organization)\n\(order.rawValue)\n\(conditions)".utf8)
      guard let text = try reader.string("cursor", maximumBytes: CursorSigner.maximumLength) else {
        return nil
      }
      let cursor = try EventCursor(cursors.verify(text, filter: signed))
      position = cursor.position
      return cursor.range
    }
    self.signed = signed
    self.position = position
  }

  private static func page(_ reader: QueryReader) throws(Problem) -> Page? {
    let number = try reader.int("page", in: 1...Int.max, shown: 1...deepest)
    let size = try reader.int("page_size", in: 1...largestPage)
    guard number != nil || size != nil else { return nil }
    for name in ["cursor", "limit"] where reader.has(name) {
      throw QueryReader.invalid(name, "can't be given together with page or page_size")
    }
    let page = Page(number: number ?? 1, size: size ?? 100)
    guard page.number <= deepest, page.number * page.size <= deepest else {
      throw QueryReader.invalid(
        "page",
        "reaches further than \(deepest) events: leave page out and follow next_cursor instead")
    }
    return page
  }

  /// A cursor for the page behind a position; it carries the list's range, so that a page later in the day
  /// is still a page of the same list.
  func cursor(after position: EventPosition, cursors: CursorSigner) -> String {
    cursors.sign(
      EventCursor(position: position, range: filter.from..<filter.to).bytes, filter: signed)
  }

  /// What the answer depends on beside the selection.
  var canonical: [String] {
    [
      order.rawValue, cursor ?? "-", String(limit), page.map { String($0.number) } ?? "-",
      count.rawValue, members?.joined(separator: ",") ?? "-",
    ]
  }
}

/// The order of a list.
enum EventOrder: String {
  case ascending = "ts"
  case descending = "-ts"

  static let parameter = Endpoint.Parameter.query(
    "sort", "By time: `-ts`, the newest first, or `ts`.",
    .choice(["ts", "-ts", "@timestamp", "-@timestamp"]))

  init(_ reader: QueryReader) throws(Problem) {
    switch try reader.string("sort") {
    case nil, "-ts", "-@timestamp": self = .descending
    case "ts", "@timestamp": self = .ascending
    default: throw QueryReader.invalid("sort", "must be ts or -ts")
    }
  }
}
