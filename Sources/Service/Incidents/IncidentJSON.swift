internal import Core
internal import Correlation
internal import IncidentStore

extension JSONWriter {
  /// One incident as the API shows it (interface.md §5).
  mutating func incident(_ incident: Incident) {
    object { $0.incidentMembers(incident) }
  }

  mutating func incidentMembers(_ incident: Incident) {
    member("id", incident.id.description)
    member("number", incident.name)
    member("title", incident.title)
    member("reason", incident.reason)
    member("severity", incident.severity.rawValue)
    member("status", incident.status.rawValue)
    member("verdict", incident.verdict?.rawValue)
    member("assignee", incident.assignee)
    member("tags", incident.tags)
    member("src_ip", incident.srcIP?.description)
    array("entities") { json in
      for entity in incident.entities {
        json.object { json in
          json.member("type", entity.type)
          json.member("value", entity.value)
        }
      }
    }
    object("attack") { json in
      json.member("tactics", incident.tactics)
      json.member("techniques", incident.techniques)
    }
    if let rule = incident.rule {
      object("rule") { json in
        json.member("id", rule.id)
        json.member("version", rule.version)
        json.member("title", rule.title)
      }
    } else {
      member("rule", String?.none)
    }
    member("event_count", incident.eventCount)
    member("first_event_at", incident.firstEventAt)
    member("last_event_at", incident.lastEventAt)
    member("created_at", incident.createdAt)
    member("updated_at", incident.updatedAt)
    member("resolved_at", incident.resolvedAt)
    member("revision", incident.revision)
    member("amended", incident.amended)
    member("merged_into", incident.mergedInto?.description)
  }
}

extension Incident {
  /// Changes with each revision, and is what `If-Match` must name.
  var tag: EntityTag { EntityTag("r\(revision)") }
}
