internal import Core

/// How many events of one batch each count of `event_rollups` gets.
///
/// It is kept while the batch is staged, so that the commit knows the counts without looking at the
/// events again. A batch has few groups, and its next event mostly belongs to the last one's.
struct EventTally: Sendable {
  /// What a count stands for, but for its organization.
  struct Group: Sendable, Hashable {
    /// The first microsecond of the five minutes.
    let start: Int64
    let severity: Int16
    /// The event's own, cut.
    let sourceType: String
  }

  /// Characters of a source type that are kept: the key must fit its index whatever a sensor says.
  static let sourceTypeLength = 200

  private(set) var groups: [Group] = []
  /// The events of each group.
  private(set) var counts: [Int64] = []
  private var indices: [Group: Int32] = [:]
  private var last: Int32 = -1

  /// Counts one event.
  ///
  /// - Returns: the index of its group.
  mutating func count(ts: Timestamp, severity: Int16, sourceType: String) -> Int32 {
    let start = ts.floored(to: Timestamp.fiveMinutes).microseconds
    if last >= 0, case let group = groups[Int(last)], group.start == start,
      group.severity == severity, group.sourceType == sourceType
    {
      counts[Int(last)] += 1
      return last
    }
    let group = Group(start: start, severity: severity, sourceType: Self.cut(sourceType))
    let index = indices[group] ?? add(group)
    counts[Int(index)] += 1
    last = index
    return index
  }

  private mutating func add(_ group: Group) -> Int32 {
    let index = Int32(groups.count)
    groups.append(group)
    counts.append(0)
    indices[group] = index
    return index
  }

  static func cut(_ sourceType: String) -> String {
    // Bytes are quickly counted, and seldom more than characters.
    guard sourceType.utf8.count > sourceTypeLength else { return sourceType }
    return String(String.UnicodeScalarView(sourceType.unicodeScalars.prefix(sourceTypeLength)))
  }

  var byteCount: Int {
    groups.reduce(0) { $0 + 2 * MemoryLayout<Group>.stride + 32 + $1.sourceType.utf8.count }
  }
}
