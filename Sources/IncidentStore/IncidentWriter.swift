public import Core
public import Correlation
public import Postgres

/// Carries out what correlation decides, inside the caller's transaction.
///
/// Each statement names the organization. Its counter row is locked first, as people's changes do,
/// so that numbers have no gaps, the journal has one order, and nobody waits in a circle.
public struct IncidentWriter: Sendable {
  public let organization: OrganizationID
  /// Events kept as evidence of one incident: a bound against a runaway rule. More are counted only,
  /// and the incident's times and entities are then those of the events that are kept.
  public let evidenceLimit: Int64

  public init(organization: OrganizationID, evidenceLimit: Int64 = 10_000_000) {
    self.organization = organization
    self.evidenceLimit = evidenceLimit
  }

  /// - Parameter actions: in the order that the engine gave.
  public func apply(
    _ actions: [IncidentAction], on connection: isolated PostgresConnection
  ) throws {
    guard !actions.isEmpty else { return }
    try connection.execute(IncidentUpdates.makeCounter, [id])
    try connection.execute(IncidentUpdates.lockCounter, [id])
    var items: [(PostgresStatement, [PostgresValue])] = []
    for action in actions {
      switch action {
      case .open(let opening): items += open(opening)
      case .amend(let amendment):
        if let replaced = amendment.replaced {
          try connection.pipeline(items)
          items = []
          guard try differs(amendment, in: replaced, on: connection) else { continue }
        }
        if amendment.isCorrection {
          items += correct(amendment)
        } else {
          items += grow(amendment)
        }
      case .merge(let incident, let other): items += merge(incident, into: other)
      case .retract(let incident): items += retract(incident)
      }
    }
    try connection.pipeline(items)
  }

  var id: PostgresValue { .int4(organization.rawValue) }

  func journal(
    _ incident: IncidentID, _ action: String, _ detail: [(String, String)] = []
  ) -> (PostgresStatement, [PostgresValue]) {
    (
      Self.appendJournal,
      [id, incident.value, .text("system"), .text(action), .jsonb(JSONText.object(detail))]
    )
  }

  /// The link leads to what is shown, which is never merged itself: a person may have merged the other
  /// incident, even into this one, which then stays what is shown.
  private func merge(
    _ incident: IncidentID, into other: IncidentID
  ) -> [(PostgresStatement, [PostgresValue])] {
    [
      (Self.markMerged, [id, incident.value, other.value]),
      (Self.takeAlong, [id, incident.value]),
      journal(incident, "merged", [("merged_into", JSONText.string(other.description))]),
    ]
  }

  private func retract(_ incident: IncidentID) -> [(PostgresStatement, [PostgresValue])] {
    let reason = "a late event left no moment at which the condition holds"
    return [
      (Self.markRetracted, [id, incident.value]),
      journal(incident, "retracted", [("reason", JSONText.string(reason))]),
    ]
  }

  static let appendJournal = PostgresStatement(
    "incidents.journal_append", "select incident_journal_append($1, $2, $3, $4, $5)")
  private static let markMerged = PostgresStatement(
    "incidents.merge",
    """
    update incidents
    set correlation = 'merged',
      correlated_into = $3,
      status_before = case when is_linked then status else status_before end,
      status = case when is_linked then 'merged' else status end,
      merged_into = case when is_linked then shown else merged_into end,
      amended = true,
      revision = revision + 1,
      updated_at = now()
    from (
      select coalesce(other.merged_into, other.id) as shown,
        one.merged_into is null and coalesce(other.merged_into, other.id) <> one.id as is_linked
      from incidents one, incidents other
      where one.organization_id = $1
        and one.id = $2
        and other.organization_id = $1
        and other.id = $3
    ) found
    where organization_id = $1 and id = $2
    """)
  private static let takeAlong = PostgresStatement(
    "incidents.merge_along",
    """
    update incidents
    set merged_into = merged.merged_into, revision = incidents.revision + 1, updated_at = now()
    from incidents merged
    where merged.organization_id = $1
      and merged.id = $2
      and merged.merged_into is not null
      and incidents.organization_id = $1
      and incidents.merged_into = $2
    """)
  private static let markRetracted = PostgresStatement(
    "incidents.retract",
    """
    update incidents
    set correlation = 'retracted',
      status = case when status in ('resolved', 'merged') then status else 'dismissed' end,
      amended = true,
      revision = revision + 1,
      updated_at = now()
    where organization_id = $1 and id = $2
    """)
}

extension IncidentID {
  var value: PostgresValue { .uuid(high: uuid.high, low: uuid.low) }
}

extension Timestamp {
  var value: PostgresValue { .timestamptz(microseconds: microseconds) }
}
