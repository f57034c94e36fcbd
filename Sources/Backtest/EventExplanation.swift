public import Core
public import Sigma

/// Why a rule matches a stored event, or why not.
public struct EventExplanation: Sendable, Hashable {
  /// The correlation that was asked about.
  public struct Correlation: Sendable, Hashable {
    public var title: String
    public var kind: String
    public var timespanSeconds: Int64
    public var groupBy: [String]

    init(_ rule: CorrelationRule) {
      title = rule.title
      kind = rule.kind.rawValue
      timespanSeconds = rule.timespanMicroseconds / 1_000_000
      groupBy = rule.groupBy
    }
  }

  /// What the event has for a field by which a correlation groups.
  public struct GroupField: Sendable, Hashable {
    public var name: String
    /// The rule's own name; nil where its events have no such field.
    public var field: String?
    /// Nil where the event lacks it: then it is not correlated.
    public var value: String?
  }

  /// One rule held against the event.
  public struct Part: Sendable, Hashable {
    public var inspection: RuleInspection
    /// The correlation that refers to it; nil where the rule itself was asked about.
    public var correlation: String?
    public var group: [GroupField]

    /// Whether the event takes part in the correlation.
    public var isCorrelated: Bool {
      inspection.matches && group.allSatisfy { $0.value != nil }
    }
  }

  public var event: EventID
  public var ts: Timestamp
  public var receivedAt: Timestamp
  public var sourceType: String
  public var ruleID: String
  public var version: Int32?
  /// Nil where a plain rule was asked about.
  public var correlation: Correlation?
  public var parts: [Part]

  /// Whether the rule matches; of a correlation, whether the event takes part in it by any of its
  /// rules.
  public var matches: Bool { parts.contains(where: \.isCorrelated) }
}

extension EventExplanation {
  /// `{"event":{…},"rule","version","matched","correlation":{…}|null,"rules":[{…}]}`; each of `rules`
  /// is a `RuleInspection`, and in a correlation says its group as well.
  public var json: String {
    var writer = JSONWriter()
    writer.object { writer in
      writer.object("event") { writer in
        writer.member("id", event.description)
        writer.member("ts", ts)
        writer.member("received_at", receivedAt)
        writer.member("source_type", sourceType)
      }
      writer.member("rule", ruleID)
      writer.member("version", version)
      writer.member("matched", matches)
      if let correlation {
        writer.object("correlation") { correlation.write(to: &$0) }
      } else {
        writer.member("correlation", String?.none)
      }
      writer.array("rules") { writer in
        for part in parts { writer.object { part.write(to: &$0) } }
      }
    }
    return writer.text
  }
}

extension EventExplanation.Correlation {
  func write(to writer: inout JSONWriter) {
    writer.member("title", title)
    writer.member("type", kind)
    writer.member("timespan_seconds", timespanSeconds)
    writer.member("group_by", groupBy)
  }
}

extension EventExplanation.Part {
  fileprivate func write(to writer: inout JSONWriter) {
    inspection.write(to: &writer)
    guard let correlation else { return }
    writer.member("correlation", correlation)
    writer.member("correlated", isCorrelated)
    writer.array("group") { writer in
      for field in group {
        writer.object { writer in
          writer.member("name", field.name)
          writer.member("field", field.field)
          writer.member("value", field.value)
        }
      }
    }
  }
}
