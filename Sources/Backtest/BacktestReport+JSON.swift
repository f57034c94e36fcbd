internal import Core
internal import Correlation
internal import EventStore

extension BacktestReport {
  /// `{"report":{…}}`, without an end of line.
  public var json: String {
    var writer = JSONWriter()
    writer.object { writer in
      writer.object("report") { write(to: &$0) }
    }
    return writer.text
  }

  private func write(to writer: inout JSONWriter) {
    writer.member("complete", isComplete)
    writer.member("cut_by", cut?.rawValue)
    writer.member("from", range.from)
    writer.member("to", range.to)
    writer.member("through", through)
    writer.member("source_type", range.sourceType)
    writer.member("version", version)
    writer.object("events") { writer in
      writer.member("read", eventsRead)
      writer.member("matched", eventsMatched)
      writer.member("unreadable", eventsUnreadable)
      writer.member("bytes", bytesRead)
    }
    writer.object("detections") { writer in
      writer.member("total", detections)
      writer.member("without_group", detectionsWithoutGroup)
    }
    writer.array("rules") { writer in
      for rule in rules {
        writer.object { writer in
          writer.member("rule", rule.ruleID)
          writer.member("title", rule.title)
          writer.member("detections", rule.detections)
        }
      }
    }
    writer.array("days") { writer in
      for day in days { Self.write(day, to: &writer) }
    }
    writer.object("top") { writer in
      for top in tops { Self.write(top, to: &writer) }
    }
    writer.object("incidents") { writer in
      writer.member("raises", raises)
      writer.member("total", incidentCount)
      Self.write(incidents, as: "items", to: &writer)
    }
    if let comparison { writer.object("comparison") { comparison.write(to: &$0) } }
    writer.object("cost") { cost.write(to: &$0) }
  }

  private static func write(_ day: Day, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("day", String(Timestamp(day.date).description.prefix(10)))
      writer.member("events", day.events)
      writer.member("detections", day.detections)
      writer.member("incidents", day.incidents)
    }
  }

  private static func write(_ top: Top, to writer: inout JSONWriter) {
    writer.object(top.column) { writer in
      writer.member("approximate", top.error > 0)
      writer.member("too_low_by_at_most", top.error)
      writer.array("values") { writer in
        for entry in top.entries {
          writer.object { writer in
            writer.member("value", entry.value)
            writer.member("count", entry.count)
          }
        }
      }
    }
  }

  fileprivate static func write(
    _ incidents: [BacktestIncident], as name: String, to writer: inout JSONWriter
  ) {
    writer.array(name) { writer in
      for incident in incidents { writer.object { incident.write(to: &$0) } }
    }
  }
}

extension BacktestReport.Comparison {
  fileprivate func write(to writer: inout JSONWriter) {
    writer.member("version", version)
    writer.member("detections", detections)
    writer.member("incidents", incidents)
    writer.object("events") { writer in
      writer.member("in_both", eventsInBoth)
      writer.member("gained", eventsGained)
      writer.member("lost", eventsLost)
      writer.member("gained_event_ids", gainedEvents.map(\.description))
      writer.member("lost_event_ids", lostEvents.map(\.description))
    }
    writer.object("gained") { writer in
      writer.member("total", gainedCount)
      BacktestReport.write(gained, as: "items", to: &writer)
    }
    writer.object("lost") { writer in
      writer.member("total", lostCount)
      BacktestReport.write(lost, as: "items", to: &writer)
    }
    writer.object("kept") { writer in
      writer.member("total", keptCount)
      writer.array("items") { writer in
        for pair in kept {
          writer.object { writer in
            writer.object("candidate") { pair.candidate.write(to: &$0) }
            writer.object("baseline") { pair.baseline.write(to: &$0) }
          }
        }
      }
    }
  }
}

extension BacktestReport.Cost {
  fileprivate func write(to writer: inout JSONWriter) {
    writer.member("elapsed_ms", Int64(elapsed / .milliseconds(1)))
    writer.member("normalize_ns_per_event", normalizing)
    writer.member("match_ns_per_event", matching)
    writer.member("baseline_match_ns_per_event", baselineMatching)
  }
}

extension BacktestIncident {
  fileprivate func write(to writer: inout JSONWriter) {
    writer.member("rule", ruleID)
    writer.member("title", title)
    writer.member("severity", severity.rawValue)
    writer.object("group") { writer in
      for value in group { writer.member(value.name, value.value) }
    }
    writer.member("first_event_at", first)
    writer.member("last_event_at", last)
    writer.member("first_fire_at", firstFire.ts)
    writer.member("first_fire_event_id", firstFire.id.description)
    writer.member("event_count", eventCount)
    writer.member("sample_event_ids", samples.map(\.description))
  }
}
