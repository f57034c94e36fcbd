internal import Core
internal import Correlation
internal import EventStore
internal import IncidentStore

/// The members of an incident that a list can show.
enum IncidentMember {
  static let all = [
    "id", "number", "title", "reason", "severity", "status", "verdict", "verdict_reason",
    "assignee", "tags", "src_ip", "entities", "attack", "rule", "event_count", "first_event_at",
    "last_event_at", "created_at", "updated_at", "acknowledged_at", "resolved_at", "revision",
    "amended", "merged_into",
  ]
}

extension JSONWriter {
  /// One incident as the API shows it (interface.md §5).
  ///
  /// - Parameter names: the members to write; nil writes all.
  mutating func incident(_ incident: Incident, only names: Set<String>? = nil) {
    object { $0.incidentMembers(incident, only: names) }
  }

  mutating func incidentMembers(_ incident: Incident, only names: Set<String>? = nil) {
    func wants(_ name: String) -> Bool { names?.contains(name) ?? true }
    if wants("id") { member("id", incident.id.description) }
    if wants("number") { member("number", incident.name) }
    if wants("title") { member("title", incident.title) }
    if wants("reason") { member("reason", incident.reason) }
    if wants("severity") { member("severity", incident.severity.rawValue) }
    if wants("status") { member("status", incident.status.rawValue) }
    if wants("verdict") { member("verdict", incident.verdict?.rawValue) }
    if wants("verdict_reason") { member("verdict_reason", incident.verdictReason) }
    if wants("assignee") { member("assignee", incident.assignee) }
    if wants("tags") { member("tags", incident.tags) }
    if wants("src_ip") { member("src_ip", incident.srcIP?.description) }
    if wants("entities") { entities("entities", incident.entities) }
    if wants("attack") {
      object("attack") { json in
        json.member("tactics", incident.tactics)
        json.member("techniques", incident.techniques)
      }
    }
    if wants("rule") { rule(incident.rule) }
    if wants("event_count") { member("event_count", incident.eventCount) }
    if wants("first_event_at") { member("first_event_at", incident.firstEventAt) }
    if wants("last_event_at") { member("last_event_at", incident.lastEventAt) }
    if wants("created_at") { member("created_at", incident.createdAt) }
    if wants("updated_at") { member("updated_at", incident.updatedAt) }
    if wants("acknowledged_at") { member("acknowledged_at", incident.acknowledgedAt) }
    if wants("resolved_at") { member("resolved_at", incident.resolvedAt) }
    if wants("revision") { member("revision", incident.revision) }
    if wants("amended") { member("amended", incident.amended) }
    if wants("merged_into") { member("merged_into", incident.mergedInto?.description) }
  }

  mutating func entities(_ name: String, _ entities: [IncidentEntity]) {
    array(name) { json in
      for entity in entities {
        json.object { json in
          json.member("type", entity.type)
          json.member("value", entity.value)
        }
      }
    }
  }

  private mutating func rule(_ rule: Incident.Rule?) {
    guard let rule else { return member("rule", String?.none) }
    object("rule") { json in
      json.member("id", rule.id)
      json.member("version", rule.version)
      json.member("title", rule.title)
    }
  }

  /// An event that an incident rests on: `event` is null once it is gone.
  mutating func evidence(
    _ evidence: IncidentEvidence, _ cited: CitedEvent?, kind: String? = nil
  ) {
    object { json in
      if let kind { json.member("kind", kind) }
      json.member(kind == nil ? "ts" : "at", evidence.event.ts)
      json.member("id", evidence.event.id.description)
      json.member("rules", evidence.ruleIDs)
      json.member("pinned", cited?.isPinned ?? false)
      if let cited {
        json.object("event") { $0.eventMembers(cited.event) }
      } else {
        json.member("event", String?.none)
      }
    }
  }

  /// An entry with what its hash covers and is chained to.
  mutating func journalMembers(_ entry: IncidentJournalEntry) {
    member("sequence", entry.sequence)
    member("incident_id", entry.incident.description)
    member("at", entry.at)
    member("actor", entry.actor)
    member("action", entry.action)
    member("detail", json: entry.detail.utf8)
    member("previous_hash", hexText(entry.previous))
    member("hash", hexText(entry.hash))
  }

  mutating func comment(_ comment: IncidentComment) {
    object { $0.commentMembers(comment) }
  }

  mutating func commentMembers(_ comment: IncidentComment) {
    member("id", comment.sequence)
    member("at", comment.at)
    member("author", comment.author)
    member("text", comment.text)
    guard let withdrawal = comment.withdrawal else { return member("withdrawn", String?.none) }
    object("withdrawn") { json in
      json.member("at", withdrawal.at)
      json.member("by", withdrawal.by)
      json.member("reason", withdrawal.reason)
    }
  }
}

extension Incident {
  /// Changes with each revision, and is what `If-Match` must name.
  var tag: EntityTag { EntityTag("r\(revision)") }
}

func hexText(_ bytes: [UInt8]) -> String {
  bytes.map { byte in
    let digits = String(byte, radix: 16)
    return digits.utf8.count == 1 ? "0" + digits : digits
  }.joined()
}
