internal import Core

/// One event of a group's timeline.
struct Item: Sendable {
  enum Value: Hashable, Sendable {
    case none
    case text(String)
    case number(Double)
  }

  /// How the item has been passed on to correlations that refer to this one.
  struct Feeds: OptionSet, Hashable, Sendable {
    let rawValue: UInt8
    static let everyTick = Feeds(rawValue: 1)
    static let beginnings = Feeds(rawValue: 2)
  }

  let ts: Int64
  let id: EventID
  /// The steps whose rules matched, one bit each.
  var steps: UInt64
  var value: Value
  var detection: Detection
  /// Whether the condition holds at this item's time.
  var holds = false
  /// Whether it does so with a detection since the revision from which on the correlation counts, so
  /// that it is a moment of an incident.
  var fires = false
  var fed: Feeds = []
  /// The number of the change that brought it.
  var change: UInt32 = 0

  init(detection: Detection, steps: UInt64, value: Value) {
    ts = detection.ts.microseconds
    id = detection.eventID
    self.steps = steps
    self.value = value
    self.detection = detection
  }

  var key: EventKey { EventKey(ts: Timestamp(microseconds: ts), id: id) }

  /// Takes in what another rule found in the same event.
  mutating func join(_ other: Item) {
    let isFirst = other.steps.trailingZeroBitCount < steps.trailingZeroBitCount
    if isFirst { value = other.value }
    detection = isFirst ? other.detection.with(detection) : detection.with(other.detection)
    steps |= other.steps
  }

  static func precedes(_ left: Item, _ right: Item) -> Bool {
    left.ts != right.ts ? left.ts < right.ts : left.id < right.id
  }
}
