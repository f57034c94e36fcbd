internal import Core
internal import Correlation
internal import Sigma

extension IncidentExplanation {
  /// `{"incident","rule":{…},"group":{…},"first_event_at","last_event_at","event_count","correlation",
  /// "threshold","window":[…],"events_left_out","kept_back":[…],"stored":{…}}`. A step of `window`
  /// has the members of `MatchExplanation` as `match`.
  public var json: String {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("incident", incident.id)
      writer.object("rule") { writer in
        writer.member("id", incident.ruleID)
        writer.member("version", incident.version)
        writer.member("title", incident.title)
        writer.member("known", isRuleKnown)
      }
      writer.object("group") { writer in
        for value in incident.group { writer.member(value.name, value.value) }
      }
      writer.member("first_event_at", incident.first)
      writer.member("last_event_at", incident.last)
      writer.member("event_count", incident.eventCount)
      if let correlation {
        writer.object("correlation") { correlation.write(to: &$0) }
      } else {
        writer.member("correlation", String?.none)
      }
      writer.member("threshold", incident.threshold)
      writer.array("window") { writer in
        for step in steps { writer.object { step.write(to: &$0) } }
      }
      writer.member("events_left_out", left)
      writer.array("kept_back") { writer in
        for kept in keptBack { writer.object { kept.write(to: &$0) } }
      }
      writer.member("stored", json: incident.stored.isEmpty ? Array("{}".utf8) : incident.stored)
    }
    return writer.text
  }
}

extension IncidentExplanation.Step {
  fileprivate func write(to writer: inout JSONWriter) {
    writer.member("event_id", key.id.description)
    writer.member("ts", key.ts)
    writer.member("rule", ruleID)
    writer.member("source_type", sourceType)
    writer.member("counted", counted)
    writer.member("measured", json: Array((measured.map(Self.text) ?? "null").utf8))
    writer.member("match", json: Array((match?.json ?? "null").utf8))
    writer.member("missing", missing)
  }

  /// A whole number without a fraction; what JSON cannot say is null.
  private static func text(_ number: Double) -> String {
    guard number.isFinite else { return "null" }
    return Int64(exactly: number).map { String($0) } ?? String(number)
  }
}

extension KeptBack {
  fileprivate func write(to writer: inout JSONWriter) {
    writer.member("exception", exception)
    writer.member("reason", reason)
    writer.member("count", count)
  }
}
