internal import Core
internal import EventStore

/// The conditions of an event list without its range.
struct EventConditions: CustomStringConvertible {
  var severity: ClosedRange<Int16>?
  var sourceType: String?
  var eventID: String?
  var srcIP: AddressCondition?
  var dstIP: AddressCondition?
  var host: String?
  var user: String?
  var action: String?
  var outcome: String?

  func filter(_ organization: OrganizationID, from: Timestamp, to: Timestamp) -> EventFilter {
    var filter = EventFilter(organization: organization, from: from, to: to)
    filter.severity = severity
    filter.sourceType = sourceType
    filter.eventID = eventID
    filter.srcIP = srcIP
    filter.dstIP = dstIP
    filter.host = host
    filter.user = user
    filter.action = action
    filter.outcome = outcome
    return filter
  }

  /// The same text for the same conditions, which no two different conditions share.
  var description: String {
    let parts: [Any?] = [
      severity, sourceType, eventID, srcIP, dstIP, host, user, action, outcome,
    ]
    return parts.map { part in
      guard let part else { return "-" }
      let text = "\(part)"
      return "\(text.utf8.count):\(text)"
    }.joined(separator: "\n")
  }
}

/// The position of a page of events and the range of its list, as 40 bytes.
struct EventCursor {
  var position: EventPosition
  var from: Timestamp
  var to: Timestamp

  init(position: EventPosition, from: Timestamp, to: Timestamp) {
    self.position = position
    self.from = from
    self.to = to
  }

  /// Reads bytes whose signature was verified; other lengths come from another version.
  init(_ bytes: [UInt8]) throws(Problem) {
    guard bytes.count == 40 else {
      throw QueryReader.invalid("cursor", "comes from another version: begin without a cursor")
    }
    let words = (0..<5).map { word in
      bytes[(word * 8)..<(word * 8 + 8)].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    }
    position = EventPosition(
      ts: Timestamp(microseconds: Int64(bitPattern: words[0])),
      id: EventID(high: words[1], low: words[2]))
    from = Timestamp(microseconds: Int64(bitPattern: words[3]))
    to = Timestamp(microseconds: Int64(bitPattern: words[4]))
  }

  var bytes: [UInt8] {
    [
      UInt64(bitPattern: position.ts.microseconds), position.id.high, position.id.low,
      UInt64(bitPattern: from.microseconds), UInt64(bitPattern: to.microseconds),
    ].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - $0 * 8)) } }
  }
}
