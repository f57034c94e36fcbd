internal import AnalyticsStore
internal import Core

extension JSONWriter {
  /// A summary; each of its parts says of which range its numbers are.
  ///
  /// - Parameter titles: of rules, by id.
  mutating func summaryMembers(
    _ summary: AnalyticsSummary, _ range: SummaryRange, titles: [String: String], at now: Timestamp
  ) {
    let days = range.days
    member("as_of", summary.asOf)
    member("interval", range.interval.rawValue)
    object("events") { json in
      json.rangeMembers(range)
      json.countMembers(summary.events.counts, range, of: "events")
      json.array("by_source_type") { json in
        for (sourceType, count) in summary.events.counts.largest(Self.mostGroups) {
          json.object { json in
            json.member("source_type", sourceType)
            json.member("events", count)
          }
        }
      }
      json.groupMembers(
        "by_severity", "severity", (0...10).map { Int16($0) }, summary.events.bySeverity, "events")
    }
    object("detections") { json in
      json.rangeMembers(range)
      json.countMembers(summary.detections, range, of: "detections")
      json.ruleMembers(summary.detections, titles, of: "detections")
    }
    object("incidents") { json in
      json.rangeMembers(days)
      json.countMembers(summary.incidents.counts, days, of: "incidents")
      json.member("merged", summary.incidents.merged)
      json.ruleMembers(summary.incidents.counts, titles, of: "incidents")
      json.groupMembers(
        "by_severity", "severity", IncidentSeverity.allCases.map(\.rawValue),
        summary.incidents.bySeverity, "incidents")
      json.groupMembers(
        "by_status", "status",
        IncidentStatus.allCases.filter { $0 != .merged }.map(\.rawValue),
        summary.incidents.byStatus, "incidents")
      json.verdictMembers(summary.incidents.byVerdict)
    }
    object("response") { json in
      json.rangeMembers(days)
      json.object("acknowledge") { $0.timeMembers(summary.incidents.acknowledging) }
      json.object("resolve") { $0.timeMembers(summary.incidents.resolving) }
    }
    object("open") { json in
      json.member("at", now)
      json.member("total", summary.open.values.reduce(0, +))
      json.groupMembers(
        "by_severity", "severity", IncidentSeverity.allCases.map(\.rawValue), summary.open,
        "incidents")
    }
    object("top_entities") { json in
      json.member("at", now)
      json.array("entities") { json in
        for entity in summary.entities { json.object { $0.entityMembers(entity, at: now) } }
      }
    }
  }

  /// Groups that a summary lists of what can have any number.
  static var mostGroups: Int { 50 }

  private mutating func rangeMembers(_ range: SummaryRange) {
    member("from", range.from)
    member("to", range.to)
  }

  private mutating func countMembers(
    _ counts: CountsOverTime<String>, _ range: SummaryRange, of name: String
  ) {
    member("total", counts.total)
    array("series") { json in
      for start in range.starts {
        json.object { json in
          json.member("start", start)
          json.member(name, counts.series[start] ?? 0)
        }
      }
    }
  }

  private mutating func ruleMembers(
    _ counts: CountsOverTime<String>, _ titles: [String: String], of name: String
  ) {
    array("by_rule") { json in
      for (rule, count) in counts.largest(Self.mostGroups) {
        json.object { json in
          json.member("rule", rule.isEmpty ? nil : rule)
          json.member("title", titles[rule])
          json.member(name, count)
        }
      }
    }
  }

  private mutating func groupMembers(
    _ list: String, _ keyName: String, _ keys: [String], _ counts: [String: Int64], _ name: String
  ) {
    array(list) { json in
      for key in keys {
        json.object { json in
          json.member(keyName, key)
          json.member(name, counts[key] ?? 0)
        }
      }
    }
  }

  private mutating func groupMembers(
    _ list: String, _ keyName: String, _ keys: [Int16], _ counts: [Int16: Int64], _ name: String
  ) {
    array(list) { json in
      for key in keys {
        json.object { json in
          json.member(keyName, key)
          json.member(name, counts[key] ?? 0)
        }
      }
    }
  }

  private mutating func verdictMembers(_ counts: [String: Int64]) {
    array("by_verdict") { json in
      for verdict in IncidentVerdict.allCases.map(\.rawValue) + [""] {
        json.object { json in
          json.member("verdict", verdict.isEmpty ? nil : verdict)
          json.member("incidents", counts[verdict] ?? 0)
        }
      }
    }
  }

  private mutating func timeMembers(_ times: ResponseTimes) {
    member("incidents", times.incidents)
    member("mean_seconds", times.meanMilliseconds.map { ($0 / 1000).rounded(toPlaces: 3) })
    member("median_seconds", times.medianMilliseconds.map { Double($0) / 1000 })
    member("p90_seconds", times.p90Milliseconds.map { Double($0) / 1000 })
  }
}

extension Double {
  func rounded(toPlaces places: Int) -> Double {
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    let scaled = (self * scale).rounded()
    return scaled.isFinite ? scaled / scale : self
  }
}
