internal import Access
internal import Core

/// What `GET /api/audit` and its export are asked for.
struct AuditListRequest {
  var filter: AuditFilter
  /// The end of the range as it is told: now where none was asked for, so that who asks on from there misses
  /// nothing.
  var end: Timestamp
  var limit: Int
  var position: AuditPosition?
  private let canonical: [UInt8]

  /// - Throws: the ``Problem`` 400 that names the parameter.
  init(
    _ query: QueryReader, of organization: OrganizationID, now: Timestamp, _ cursors: CursorSigner
  )
    throws(Problem)
  {
    let from = try query.time("from")
    let to = try query.time("to")
    var filter = try AuditFilter(query, now: now)
    limit = try query.int("limit", in: 1...1000) ?? 50
    let text = [
      "audit", "\(organization)", from?.description ?? "", to?.description ?? "",
      filter.actor ?? "", filter.action ?? "", filter.outcome?.rawValue ?? "",
      filter.objectType ?? "", filter.objectID ?? "-",
    ].map { "\($0.utf8.count):\($0)" }.joined()
    canonical = Array(text.utf8)
    // A cursor brings its range along, so that the pages of a list without one fit together.
    if let cursor = try query.string("cursor", maximumBytes: CursorSigner.maximumLength) {
      let words = try Self.words(try cursors.verify(cursor, filter: canonical))
      position = AuditPosition(at: Timestamp(microseconds: words[0]), number: words[1])
      filter.from = Timestamp(microseconds: words[2])
      filter.to = Timestamp(microseconds: words[3])
    }
    self.filter = filter
    end = to ?? min(filter.to, now)
  }

  func cursor(after entry: StoredAuditEntry, _ cursors: CursorSigner) -> String {
    let words = [
      entry.entry.at.microseconds, entry.number, filter.from.microseconds, filter.to.microseconds,
    ]
    let bytes = words.flatMap { word in
      (0..<8).map { UInt8(truncatingIfNeeded: word >> Int64(56 - $0 * 8)) }
    }
    return cursors.sign(bytes, filter: canonical)
  }

  private static func words(_ bytes: [UInt8]) throws(Problem) -> [Int64] {
    guard bytes.count == 32 else {
      throw QueryReader.invalid("cursor", "comes from another version: begin without a cursor")
    }
    return (0..<4).map { word in
      bytes[(word * 8)..<(word * 8 + 8)].reduce(Int64(0)) { $0 << 8 | Int64($1) }
    }
  }
}

extension AuditFilter {
  /// How far back a list goes that names no beginning, in days.
  private static let days: Int64 = 30
  /// How far ahead of our clock a list goes that names no end, in microseconds: another node's clock may be
  /// ahead of ours, and what it has written down is there.
  private static let ahead: Int64 = 60_000_000

  /// - Throws: the ``Problem`` 400 that names the parameter.
  init(_ query: QueryReader, now: Timestamp) throws(Problem) {
    let end = try query.time("to") ?? now.advanced(byMicroseconds: Self.ahead)
    let usual = end.advanced(byMicroseconds: -Self.days * Timestamp.microsecondsPerDay)
    self.init(from: try query.time("from") ?? max(usual, .earliest), to: end)
    actor = try query.string("actor", maximumBytes: 400)
    action = try query.string("action", maximumBytes: 400)
    outcome = try query.choice("outcome")
    if let object = try query.string("object", maximumBytes: 400) {
      let parts = object.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      objectType = String(parts[0])
      objectID = parts.dropFirst().first.map(String.init)
    }
  }
}
