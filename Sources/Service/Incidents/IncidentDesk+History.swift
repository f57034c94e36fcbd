internal import Core
internal import Correlation
internal import EventStore
internal import IncidentStore
internal import Tenancy

/// Evidence with its events, in order of time.
struct IncidentEvidencePage {
  struct Item {
    let evidence: IncidentEvidence
    /// Nil where the event is gone.
    let cited: CitedEvent?
  }

  var items: [Item] = []
  var hasMore = false
}

extension IncidentDesk {
  func evidence(
    _ id: IncidentID, limit: Int, after: EventKey?, withRaw: Bool, of organization: OrganizationID
  ) async throws -> IncidentEvidencePage {
    let found = try await tenants.withConnection(organization) { connection in
      try IncidentQueries.evidence(organization, id, limit: limit + 1, after: after, on: connection)
    }
    let evidence = Array(found.prefix(limit))
    let cited = try await events.cited(
      evidence.map { EventPosition(ts: $0.event.ts, id: $0.event.id) }, of: organization,
      withRaw: withRaw)
    let answered = evidence.prefix(cited.answered)
    return IncidentEvidencePage(
      items: answered.map { .init(evidence: $0, cited: cited.events[$0.event.id]) },
      hasMore: answered.count < found.count)
  }

  func timeline(
    _ id: IncidentID, limit: Int, after: TimelinePosition?, of organization: OrganizationID
  ) async throws -> (items: [TimelineItem], events: [EventID: CitedEvent], hasMore: Bool) {
    let found = try await tenants.withConnection(organization) { connection in
      try IncidentQueries.timeline(organization, id, limit: limit + 1, after: after, on: connection)
    }
    let items = Array(found.prefix(limit))
    let positions = items.compactMap { item -> EventPosition? in
      guard case .event(let evidence) = item else { return nil }
      return EventPosition(ts: evidence.event.ts, id: evidence.event.id)
    }
    let cited = try await events.cited(positions, of: organization, withRaw: false)
    return (items, cited.events, found.count > limit)
  }

  func journal(
    _ id: IncidentID, limit: Int, after sequence: Int64, of organization: OrganizationID
  ) async throws -> [IncidentJournalEntry] {
    try await tenants.withConnection(organization) { connection in
      try IncidentQueries.journal(
        organization, id, limit: limit, after: sequence, on: connection)
    }
  }

  func related(
    to incident: Incident, limit: Int, of organization: OrganizationID
  ) async throws -> RelatedIncidents {
    try await tenants.withConnection(organization) { connection in
      try IncidentQueries.related(organization, to: incident, limit: limit, on: connection)
    }
  }

  func similar(
    to incident: Incident, limit: Int, of organization: OrganizationID
  ) async throws -> [SimilarIncident] {
    try await tenants.withConnection(organization) { connection in
      try IncidentQueries.similar(organization, to: incident, limit: limit, on: connection)
    }
  }
}
