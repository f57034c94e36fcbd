internal import ServiceHarness

/// What of an incident depends on nothing but the events.
struct IncidentSummary: Hashable, Sendable {
  /// The columns of `query`, in its order.
  private var values: [String]

  var rule: String { values[1] }

  private init(_ row: [String]) {
    values = row
  }

  /// Every incident that stands for an episode. What was merged into another or taken back because of
  /// a late event depends on the order of arrival.
  static func all(in database: Database) async throws -> IncidentCounts {
    var counts: IncidentCounts = [:]
    for row in try await database.rows(query) {
      counts[IncidentSummary(row), default: 0] += 1
    }
    return counts
  }

  private static let query = """
    select o.slug, i.rule_title, i.group_values, i.status, i.severity, i.first_event_at,
      i.last_event_at, i.event_count, i.first_fire_at, i.last_hold_at, host(i.src_ip), i.entities,
      evidence.events, evidence.digest
    from incidents i
    join organizations o on o.id = i.organization_id
    join lateral (
      select count(*) as events, md5(string_agg(e.event_id, ' ' order by e.event_id)) as digest
      from incident_events v
      left join events e
        on e.organization_id = v.organization_id and e.ts = v.ts and e.id = v.event_id
      where v.incident_id = i.id
    ) evidence on true
    where i.correlation = 'live'
    """
}

extension IncidentSummary: CustomStringConvertible {
  var description: String { values.joined(separator: " ") }
}

/// How many of each: two incidents may look alike.
typealias IncidentCounts = [IncidentSummary: Int]

extension IncidentCounts {
  var total: Int { values.reduce(0, +) }

  /// By the title of the rule.
  var byRule: [String: Int] {
    reduce(into: [:]) { $0[$1.key.rule, default: 0] += $1.value }
  }

  /// What `whole` has and this has not, as text, in order; the first few.
  func missing(from whole: IncidentCounts) -> [String] {
    Array(
      whole.filter { self[$0.key, default: 0] < $0.value }
        .map { "\($0.value - self[$0.key, default: 0]) of \($0.key)" }.sorted().prefix(20))
  }
}
