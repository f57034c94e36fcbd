internal import Core
internal import Correlation
internal import Postgres

extension IncidentWriter {
  /// An incident that only takes in later events. The evidence itself is the record of that, so that
  /// the journal gets no entry.
  func grow(_ amendment: IncidentAmendment) -> [(PostgresStatement, [PostgresValue])] {
    var items = add(amendment.added, to: amendment.id)
    items.append((Self.describe, description(of: amendment.added, amendment.id)))
    items.append((Self.extend, [id, amendment.id.value, amendment.lastHold.value]))
    if let firstFire = firstFire(amendment) { items.append(firstFire) }
    items += reopen(amendment)
    items.append((Self.tell, [id, amendment.id.value, .text("grown")]))
    return items
  }

  /// An incident of which something already told changes.
  func correct(_ amendment: IncidentAmendment) -> [(PostgresStatement, [PostgresValue])] {
    var items = inherit(amendment.inherits, amendment.span, into: amendment.id)
    if let replaced = amendment.replaced {
      items.append(keepOnly(amendment.added, in: replaced, of: amendment.id))
    }
    items += add(amendment.added, to: amendment.id)
    items += remove(amendment.removed, from: amendment.id)
    if amendment.isNarrower { items.append(narrow(amendment.id, to: amendment.span)) }
    items.append((Self.amend, [id, amendment.id.value, amendment.lastHold.value]))
    if let firstFire = firstFire(amendment) { items.append(firstFire) }
    items.append(
      amendment.onlyAdds
        ? (Self.describe, description(of: amendment.added, amendment.id))
        : recount(amendment.id))
    items += reopen(amendment)
    items.append(
      journal(
        amendment.id, "amended",
        [
          ("added", String(amendment.added.count)),
          ("removed", String(amendment.removed.count)),
          (
            "inherited_from",
            JSONText.array(amendment.inherits.map { JSONText.string($0.description) })
          ),
        ]))
    return items
  }

  /// Whether an incident whose evidence is given anew has other evidence, or another end.
  func differs(
    _ amendment: IncidentAmendment, in span: ClosedRange<Timestamp>,
    on connection: isolated PostgresConnection
  ) throws -> Bool {
    let rows = try connection.query(
      Self.compare,
      [
        id, amendment.id.value, amendment.lastHold.value,
        .timestamptzArray(amendment.added.map(\.key.ts.microseconds)),
        .uuidArray(amendment.added.map { ($0.key.id.high, $0.key.id.low) }),
        span.lowerBound.clamped.value, span.upperBound.clamped.value,
      ]
    ) { try $0.bool(0) }
    return rows.contains(true)
  }

  private func reopen(_ amendment: IncidentAmendment) -> [(PostgresStatement, [PostgresValue])] {
    guard let latest = amendment.added.last?.key.ts else { return [] }
    return [(Self.reopenIncident, [id, amendment.id.value, latest.value])]
  }

  private func firstFire(
    _ amendment: IncidentAmendment
  ) -> (PostgresStatement, [PostgresValue])? {
    func values(_ key: EventKey) -> [PostgresValue] {
      [key.ts.value, .uuid(high: key.id.high, low: key.id.low)]
    }
    switch amendment.firstFire {
    case .unchanged: return nil
    case .set(let key): return (Self.setFirstFire, [id, amendment.id.value] + values(key))
    case .inherited(let other):
      return (Self.inheritFirstFire, [id, amendment.id.value, other.value])
    case .earliest(let key):
      let others = amendment.inherits.map { ($0.uuid.high, $0.uuid.low) }
      return (
        Self.earliestFirstFire,
        [id, amendment.id.value] + values(key) + [.uuidArray(others)]
      )
    }
  }

  private static let compare = PostgresStatement(
    "incidents.differs",
    """
    select exists (
        select
        from incidents
        where organization_id = $1 and id = $2 and last_hold_at <> $3)
      or exists (
        select ts, event_id
        from unnest($4::timestamptz[], $5::uuid[]) as given (ts, event_id)
        except
        select ts, event_id
        from incident_events
        where organization_id = $1 and incident_id = $2)
      or exists (
        select
        from incident_events
        where organization_id = $1
          and incident_id = $2
          and ts between $6 and $7
          and event_id <> all ($5))
    """)
  private static let extend = PostgresStatement(
    "incidents.grow",
    """
    update incidents
    set last_hold_at = $3, revision = revision + 1, updated_at = now()
    where organization_id = $1 and id = $2
    """)
  private static let amend = PostgresStatement(
    "incidents.amend",
    """
    update incidents
    set last_hold_at = $3, amended = true, revision = revision + 1, updated_at = now()
    where organization_id = $1 and id = $2
    """)
  private static let tell = PostgresStatement(
    "incidents.tell", "select incident_tell($1, $2, $3)")
  private static let reopenIncident = PostgresStatement(
    "incidents.reopen", "select incident_reopen($1, $2, $3)")
  private static let setFirstFire = PostgresStatement(
    "incidents.set_first_fire",
    """
    update incidents
    set first_fire_at = $3, first_fire_event = $4
    where organization_id = $1 and id = $2
    """)
  private static let inheritFirstFire = PostgresStatement(
    "incidents.inherit_first_fire",
    """
    update incidents
    set first_fire_at = other.first_fire_at, first_fire_event = other.first_fire_event
    from incidents other
    where incidents.organization_id = $1
      and incidents.id = $2
      and other.organization_id = $1
      and other.id = $3
    """)
  private static let earliestFirstFire = PostgresStatement(
    "incidents.earliest_first_fire",
    """
    update incidents
    set first_fire_at = earliest.at, first_fire_event = earliest.event
    from (
      select first_fire_at as at, first_fire_event as event
      from incidents
      where organization_id = $1 and (id = $2 or id = any ($5))
      union all
      select $3, $4
      order by at, event
      limit 1
    ) earliest
    where organization_id = $1 and id = $2
    """)
}

extension IncidentAmendment {
  /// Whether evidence only comes on top of what is there, so that counts, times and entities can be
  /// brought up to date from it alone.
  fileprivate var onlyAdds: Bool {
    inherits.isEmpty && removed.isEmpty && !isNarrower && replaced == nil
  }
}
