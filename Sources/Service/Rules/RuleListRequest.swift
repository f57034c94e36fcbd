internal import Access
internal import Core
internal import RuleStore
internal import Rulebook

/// The parameters of `GET /api/rules`, read and checked.
struct RuleListRequest {
  static let parameters = ["kind", "mode", "level", "base", "q", "sort", "limit", "cursor"]
  static let levels = ["informational", "low", "medium", "high", "critical"]

  enum Sort: String, CaseIterable {
    case id, title
    /// The dearest first; what has not been measured last.
    case cost = "-cost"
    /// The most frequent first.
    case detections = "-detections"
  }

  let kinds: [RuleKind]
  let modes: [RuleMode]
  let levels: [String]
  let isBase: Bool?
  let text: String?
  let sort: Sort
  let limit: Int
  private let position: RulePosition?
  private let list: [UInt8]

  init(
    _ query: QueryReader, organization: OrganizationID, cursors: CursorSigner
  ) throws(Problem) {
    kinds = try query.choices("kind") ?? []
    modes = try query.choices("mode") ?? []
    levels = try query.list("level") ?? []
    guard levels.allSatisfy(Self.levels.contains) else {
      throw QueryReader.invalid(
        "level", "must be one of \(Self.levels.joined(separator: ", "))")
    }
    isBase = try query.bool("base")
    text = try query.string("q", maximumLength: 200)?.lowercased()
    sort = try query.choice("sort") ?? .id
    limit = try query.int("limit", in: 1...RuleLimits.largestPage) ?? 100
    var parts: [String] = []
    for name in Self.parameters where name != "cursor" && name != "limit" {
      guard let value = try query.string(name, maximumBytes: 4096) else { continue }
      parts.append("\(name)=\(value.utf8.count):\(value)")
    }
    list = Array(("rules\n\(organization)\n" + parts.joined(separator: "\n")).utf8)
    position =
      if let cursor = try query.string("cursor") {
        try RulePosition(cursors.verify(cursor, filter: list))
      } else { nil }
  }

  /// One page of the rules, and what the next one begins with.
  func page(
    of rules: [RuleView], cursors: CursorSigner
  ) -> (page: ArraySlice<RuleView>, cursor: String?) {
    let sorted = sorted(rules.filter(isWanted))
    let first = position?.next(in: sorted) ?? 0
    let page = sorted.dropFirst(first).prefix(limit)
    guard page.endIndex < sorted.endIndex, let last = page.last else { return (page, nil) }
    let position = RulePosition(offset: page.endIndex, last: last.record.id)
    return (page, cursors.sign(position.bytes, filter: list))
  }

  private func isWanted(_ rule: RuleView) -> Bool {
    let record = rule.record
    return (kinds.isEmpty || kinds.contains(record.kind))
      && (modes.isEmpty || modes.contains(record.mode))
      && (levels.isEmpty || levels.contains(record.level))
      && (isBase.map { $0 == record.isBase } ?? true)
      && (text.map {
        record.title.lowercased().contains($0) || record.id.lowercased().contains($0)
      } ?? true)
  }

  /// Rules come by id, which stays their order where they are alike.
  private func sorted(_ rules: [RuleView]) -> [RuleView] {
    switch sort {
    case .id: rules
    case .title:
      Self.sorted(rules) {
        $0.record.title.lowercased()
      } by: {
        $0 < $1
      }
    case .cost:
      Self.sorted(rules) {
        $0.cost?.nanosecondsPerEvent ?? -1
      } by: {
        $0 > $1
      }
    case .detections:
      Self.sorted(rules) {
        $0.cost?.detections ?? -1
      } by: {
        $0 > $1
      }
    }
  }

  private static func sorted<Key: Equatable>(
    _ rules: [RuleView], _ key: (RuleView) -> Key, by precedes: (Key, Key) -> Bool
  ) -> [RuleView] {
    let keyed = rules.enumerated().map { (place: $0, key: key($1), rule: $1) }
    return keyed.sorted { left, right in
      left.key == right.key ? left.place < right.place : precedes(left.key, right.key)
    }.map(\.rule)
  }
}

/// Where a page ended: behind a rule, or, if that is gone, at its place.
private struct RulePosition {
  private let offset: Int
  private let last: UInt64

  init(offset: Int, last id: String) {
    self.offset = offset
    last = Self.hash(id)
  }

  init(_ bytes: [UInt8]) throws(Problem) {
    guard bytes.count == 16 else {
      throw QueryReader.invalid("cursor", "comes from another version: begin without a cursor")
    }
    let words = (0..<2).map { word in
      bytes[(word * 8)..<(word * 8 + 8)].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    }
    offset = Int(clamping: words[0])
    last = words[1]
  }

  var bytes: [UInt8] {
    [UInt64(offset), last].flatMap { word in
      (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - $0 * 8)) }
    }
  }

  func next(in rules: [RuleView]) -> Int {
    rules.firstIndex { Self.hash($0.record.id) == last }.map { $0 + 1 }
      ?? max(0, min(offset - 1, rules.count))
  }

  /// FNV-1a (draft-eastlake-fnv §3): the same on every node.
  private static func hash(_ id: String) -> UInt64 {
    id.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
  }
}
