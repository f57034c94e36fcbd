internal import Core
internal import Correlation
internal import EventStore
internal import IncidentBundle
internal import IncidentStore
internal import Tenancy

/// All that is known of an incident at one time, bounded.
struct IncidentExport {
  enum Format: String, CaseIterable {
    case json, md

    var contentType: String {
      self == .json ? "application/json" : "text/markdown; charset=utf-8"
    }
  }

  /// What a file has at most; what is left out is told.
  static let mostEvents = 10_000
  static let mostRawBytes = 32 << 20
  static let mostEntries = 50_000

  let organization: OrganizationID
  let madeAt = Timestamp.now
  let incident: Incident
  var merged: [Incident] = []
  var evidence: [IncidentEvidencePage.Item] = []
  var detections: [CitedDetection] = []
  var comments: [IncidentComment] = []
  var journal: [IncidentJournalEntry] = []
  var hasAllEvents = true
  var hasAllEntries = true

  init(_ incident: Incident, of organization: OrganizationID) {
    self.incident = incident
    self.organization = organization
  }

  var bundle: [UInt8] {
    IncidentBundle.bytes(organization: organization, madeAt: madeAt) { part in
      switch part {
      case .incident: JSONWriter.object { $0.incidentMembers(incident) }
      case .merged: Self.list(merged) { json, one in json.incident(one) }
      case .explanation: Array(incident.explanation.utf8)
      case .evidence: Self.list(evidence) { json, item in json.evidence(item.evidence, item.cited) }
      case .detections: Self.list(detections) { json, one in json.detection(one) }
      case .comments: Self.list(comments) { json, one in json.comment(one) }
      case .journal:
        Self.list(journal) { json, entry in json.object { $0.journalMembers(entry) } }
      case .limits:
        JSONWriter.object { json in
          json.member("evidence_complete", hasAllEvents)
          json.member("evidence_shown", evidence.count)
          json.member("event_count", incident.eventCount)
          json.member("journal_complete", hasAllEntries)
        }
      }
    }
  }

  private static func list<Item>(
    _ items: [Item], _ write: (inout JSONWriter, Item) -> Void
  ) -> [UInt8] {
    var json = JSONWriter()
    json.array { json in
      for item in items { write(&json, item) }
    }
    return json.utf8
  }
}

extension JSONWriter {
  fileprivate mutating func detection(_ detection: CitedDetection) {
    object { json in
      json.member("ts", detection.event.ts)
      json.member("event_id", detection.event.id.description)
      json.member("rule_id", detection.ruleID)
      json.member("rule_version", detection.ruleVersion)
      json.member("level", detection.level)
      json.member("fields", json: detection.fields.utf8)
      json.member("matched", json: detection.matched.utf8)
    }
  }
}

extension IncidentDesk {
  /// Pins what the incident cites and gathers all of it.
  func export(
    _ incident: Incident, of organization: OrganizationID
  ) async throws -> IncidentExport {
    try await tenants.withConnection(organization) { connection in
      _ = try IncidentPins.pin(
        organization, incident.id, limit: IncidentExport.mostEvents, on: connection)
    }
    var export = IncidentExport(incident, of: organization)
    var (after, bytes): (EventKey?, Int) = (nil, 0)
    while true {
      let page = try await evidence(
        incident.id, limit: 500, after: after, withRaw: true, of: organization)
      export.evidence += page.items
      bytes += page.items.reduce(0) { $0 + ($1.cited?.event.raw?.count ?? 0) }
      let cited = page.items.map(\.evidence)
      export.detections += try await tenants.withConnection(organization) { connection in
        try IncidentQueries.detections(organization, of: cited, on: connection)
      }
      after = page.items.last?.evidence.event
      guard page.hasMore, after != nil else { break }
      if export.evidence.count >= IncidentExport.mostEvents || bytes >= IncidentExport.mostRawBytes
      {
        export.hasAllEvents = false
        break
      }
    }
    let gathered = try await tenants.withConnection(organization) { connection in
      (
        journal: try IncidentQueries.journal(
          organization, incident.id, limit: IncidentExport.mostEntries + 1, on: connection),
        comments: try IncidentComments.list(
          organization, incident.id, limit: IncidentExport.mostEntries, on: connection),
        merged: try IncidentQueries.merged(organization, into: incident.id, on: connection)
      )
    }
    export.journal = Array(gathered.journal.prefix(IncidentExport.mostEntries))
    export.hasAllEntries = gathered.journal.count <= IncidentExport.mostEntries
    export.comments = gathered.comments
    export.merged = gathered.merged
    return export
  }
}
