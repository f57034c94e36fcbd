public import Core

/// What one rule found in one event: the only input of correlation.
///
/// Instances are shared by every timeline that holds them, which is why this is a class.
public final class Detection: Sendable {
  /// When the event happened.
  public let ts: Timestamp
  public let eventID: EventID
  public let ruleID: String
  public let ruleVersion: Int32
  /// When the event reached us; the timer of a `not` runs on it where the event is an old one.
  public let receivedAt: Timestamp
  /// The values that correlations group and count by, under the rule's own field names. An absent
  /// field is absent here.
  public let fields: DetectionFields
  public let srcIP: IPAddress?
  public let dstIP: IPAddress?
  public let host: String?
  public let user: String?
  /// The rules and correlations for which it does not count, by their ids: an exception held.
  public let excepted: [String]
  /// The revision of the rules that it was committed under, as far as `CorrelationPlan.since` tells
  /// revisions apart; the largest number for the present one.
  public let revision: Int64

  public init(
    ts: Timestamp, eventID: EventID, ruleID: String, ruleVersion: Int32 = 1,
    receivedAt: Timestamp? = nil, fields: DetectionFields = [:], srcIP: IPAddress? = nil,
    dstIP: IPAddress? = nil, host: String? = nil, user: String? = nil, excepted: [String] = [],
    revision: Int64 = .max
  ) {
    self.ts = ts
    self.eventID = eventID
    self.ruleID = ruleID
    self.ruleVersion = ruleVersion
    self.receivedAt = receivedAt ?? ts
    self.fields = fields
    self.srcIP = srcIP
    self.dstIP = dstIP
    self.host = host
    self.user = user
    self.excepted = excepted
    self.revision = revision
  }

  public var key: EventKey { EventKey(ts: ts, id: eventID) }

  /// This detection with the fields that another rule's detection of the same event has. It does not
  /// count where neither of them does.
  func with(_ other: Detection) -> Detection {
    var fields = self.fields
    fields.add(other.fields)
    let excepted = self.excepted.filter(other.excepted.contains)
    guard fields.count > self.fields.count || excepted.count < self.excepted.count else {
      return self
    }
    return copy(ruleID: ruleID, fields: fields, excepted: excepted)
  }

  /// The same event as found by a correlation, which passes it on to another correlation.
  func found(by rule: String, adding values: [GroupValue]) -> Detection {
    var fields = self.fields
    for value in values { fields.add(value.name, value.value) }
    return copy(ruleID: rule, fields: fields, excepted: excepted)
  }

  private func copy(
    ruleID: String, fields: DetectionFields, excepted: [String]
  ) -> Detection {
    Detection(
      ts: ts, eventID: eventID, ruleID: ruleID, ruleVersion: ruleVersion, receivedAt: receivedAt,
      fields: fields, srcIP: srcIP, dstIP: dstIP, host: host, user: user, excepted: excepted,
      revision: revision)
  }
}

/// An event's place in time. Events are ordered by time, then by id, so that the order never depends
/// on arrival.
public struct EventKey: Hashable, Comparable, Sendable {
  public let ts: Timestamp
  public let id: EventID

  public init(ts: Timestamp, id: EventID) {
    self.ts = ts
    self.id = id
  }

  public static func < (left: Self, right: Self) -> Bool {
    left.ts != right.ts ? left.ts < right.ts : left.id < right.id
  }
}

/// One value of a group, folded to lower case: groups are compared without case. A long one is cut
/// and ends in a digest of the whole.
public struct GroupValue: Hashable, Sendable {
  public let name: String
  public let value: String

  public init(name: String, value: String) {
    self.name = name
    self.value = value
  }
}
