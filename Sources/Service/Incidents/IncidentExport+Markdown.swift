internal import Core
internal import Correlation
internal import EventStore
internal import IncidentBundle
internal import IncidentStore

extension IncidentExport {
  /// Events that the text shows; the JSON has more.
  private static let shownEvents = 200

  var markdown: [UInt8] {
    var lines = [
      "# \(incident.name): \(Self.text(incident.title))", "", Self.text(incident.reason), "",
    ]
    lines += table(["", ""], facts.map { [$0.0, $0.1] })
    lines += section("Entities", ["type", "value"], incident.entities.map { [$0.type, $0.value] })
    lines += section(
      "Merged into it", ["number", "title", "events"],
      merged.map { [$0.name, $0.title, String($0.eventCount)] })
    lines += section(
      "Comments", ["at", "by", "text"],
      comments.map {
        [$0.at.description, $0.author, $0.text ?? "(withdrawn: \($0.withdrawal?.reason ?? ""))"]
      })
    lines += section(
      "Events", ["at", "rules", "source", "message", "id"],
      evidence.prefix(Self.shownEvents).map { item in
        let columns = item.cited?.event.columns
        return [
          item.evidence.event.ts.description, item.evidence.ruleIDs.joined(separator: ", "),
          columns?.sourceType ?? "(gone)", columns?.message ?? "",
          item.evidence.event.id.description,
        ]
      })
    if incident.eventCount > Int64(min(evidence.count, Self.shownEvents)) {
      lines += ["The incident has \(incident.eventCount) events; the first are shown.", ""]
    }
    lines += section(
      "Journal", ["entry", "at", "by", "action", "detail", "hash"],
      journal.map {
        [
          String($0.sequence), $0.at.description, $0.actor, $0.action, $0.detail,
          hexText($0.hash),
        ]
      })
    lines.append("Made at \(madeAt).")
    lines.append("")
    return IncidentBundle.sealed(markdown: lines.joined(separator: "\n"))
  }

  private var facts: [(String, String)] {
    [
      ("Severity", incident.severity.rawValue), ("Status", incident.status.rawValue),
      ("Verdict", incident.verdict?.rawValue ?? "none"),
      ("Verdict's reason", incident.verdictReason ?? ""),
      ("Assignee", incident.assignee ?? "nobody"),
      ("Tags", incident.tags.joined(separator: ", ")),
      ("Rule", incident.rule.map { "\($0.title) (\($0.id), version \($0.version))" } ?? "none"),
      ("Techniques", incident.techniques.joined(separator: ", ")),
      ("Events", String(incident.eventCount)),
      ("First event", incident.firstEventAt?.description ?? ""),
      ("Last event", incident.lastEventAt?.description ?? ""),
      ("Created", incident.createdAt.description), ("Revision", String(incident.revision)),
    ]
  }

  private func section(_ title: String, _ head: [String], _ rows: [[String]]) -> [String] {
    rows.isEmpty ? [] : ["## \(title)", ""] + table(head, rows)
  }

  private func table(_ head: [String], _ rows: [[String]]) -> [String] {
    let line = { (cells: [String]) in
      "| " + cells.map(Self.text).joined(separator: " | ") + " |"
    }
    return [line(head), "|" + String(repeating: " --- |", count: head.count)] + rows.map(line) + [
      ""
    ]
  }

  /// What a sensor sent cannot become markup of ours: one line, and what means something is escaped.
  private static func text(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n", "\r", "\t", "\u{2028}", "\u{2029}": escaped += " "
      case "\\", "|", "`", "*", "_", "[", "]", "<", ">", "#", "!", "&":
        escaped += "\\"
        escaped.unicodeScalars.append(scalar)
      case _ where scalar.value < 0x20 || scalar.value == 0x7F: escaped += " "
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
