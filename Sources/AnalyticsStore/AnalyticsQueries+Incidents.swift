public import Core
public import Postgres

extension AnalyticsQueries {
  /// - Parameter days: a range of whole days.
  static func incidents(
    _ organization: OrganizationID, _ days: SummaryRange,
    on connection: isolated PostgresConnection
  ) throws -> IncidentSummary {
    let values: [PostgresValue] = [
      .int4(organization.rawValue), .date(days: days.firstDay), .date(days: days.lastDay),
    ]
    var summary = IncidentSummary()
    _ = try connection.query(sumIncidents, values) { row in
      let count = try row.int8(5)
      if let day = try row.optionalDate(0) {
        let start = Timestamp(CivilDate(daysSince1970: Int(day)))
        if count > 0 { summary.counts.series[start] = count }
      } else if let rule = try row.optionalText(1) {
        if count > 0 { summary.counts.groups[rule] = count }
      } else if let severity = try row.optionalText(2) {
        if count > 0 { summary.bySeverity[severity] = count }
      } else if let status = try row.optionalText(3) {
        summary.byStatus[status] = try row.int8(6)
      } else if let verdict = try row.optionalText(4) {
        if count > 0 { summary.byVerdict[verdict] = count }
      } else {
        summary.counts.total = count
        summary.merged = try row.int8(6) - count
        summary.acknowledging.incidents = try row.int8(7)
        summary.acknowledging.sumMilliseconds = try row.int8(8)
        summary.resolving.incidents = try row.int8(9)
        summary.resolving.sumMilliseconds = try row.int8(10)
      }
    }
    summary.byStatus["merged"] = nil
    guard summary.counts.total <= mostTimes else { return summary }
    _ = try connection.query(rankTimes, values) { row in
      summary.acknowledging.medianMilliseconds = try row.optionalInt8(0)
      summary.acknowledging.p90Milliseconds = try row.optionalInt8(1)
      summary.resolving.medianMilliseconds = try row.optionalInt8(2)
      summary.resolving.p90Milliseconds = try row.optionalInt8(3)
    }
    return summary
  }

  /// Incidents that are open, by severity.
  static func open(
    _ organization: OrganizationID, on connection: isolated PostgresConnection
  ) throws -> [String: Int64] {
    let rows = try connection.query(sumOpen, [.int4(organization.rawValue)]) {
      (try $0.text(0), try $0.int8(1))
    }
    return Dictionary(uniqueKeysWithValues: rows)
  }

  /// Incidents of a range of days by rule and by technique; none that were merged into others.
  public static func observed(
    _ organization: OrganizationID, _ days: SummaryRange,
    on connection: isolated PostgresConnection
  ) throws -> (byRule: [String: Int64], byTechnique: [String: Int64]) {
    let values: [PostgresValue] = [
      .int4(organization.rawValue), .date(days: days.firstDay), .date(days: days.lastDay),
    ]
    func counts(_ statement: PostgresStatement) throws -> [String: Int64] {
      let rows = try connection.query(statement, values) { (try $0.text(0), try $0.int8(1)) }
      return Dictionary(uniqueKeysWithValues: rows)
    }
    return (try counts(sumByRule), try counts(sumByTechnique))
  }

  static let sumIncidents = PostgresStatement(
    "analytics.incidents",
    """
    select day, rule_id, severity, status, verdict,
      coalesce(sum(incidents) filter (where not is_merged), 0)::bigint,
      coalesce(sum(incidents), 0)::bigint,
      coalesce(sum(acknowledged) filter (where not is_merged), 0)::bigint,
      coalesce(sum(acknowledge_ms) filter (where not is_merged), 0)::bigint,
      coalesce(sum(resolved) filter (where not is_merged), 0)::bigint,
      coalesce(sum(resolve_ms) filter (where not is_merged), 0)::bigint
    from (
      select *, status = 'merged' as is_merged
      from incident_rollups
      where organization_id = $1 and day >= $2 and day <= $3
    ) sums
    group by grouping sets ((day), (rule_id), (severity), (status), (verdict), ())
    """)
  static let rankTimes = PostgresStatement(
    "analytics.response_times",
    """
    select percentile_cont(0.5) within group (order by acknowledge_ms)::bigint,
      percentile_disc(0.9) within group (order by acknowledge_ms),
      percentile_cont(0.5) within group (order by resolve_ms)::bigint,
      percentile_disc(0.9) within group (order by resolve_ms)
    from incident_facts
    where organization_id = $1 and day >= $2 and day <= $3 and status <> 'merged'
    """)
  static let sumOpen = PostgresStatement(
    "analytics.open",
    """
    select severity, sum(incidents)::bigint
    from incident_rollups
    where organization_id = $1
      and status in ('open', 'acknowledged', 'in_progress', 'contained')
    group by severity
    """)
  static let sumByRule = PostgresStatement(
    "analytics.incidents_by_rule",
    """
    select rule_id, sum(incidents)::bigint
    from incident_rollups
    where organization_id = $1 and day >= $2 and day <= $3 and status <> 'merged' and rule_id <> ''
    group by rule_id
    """)
  static let sumByTechnique = PostgresStatement(
    "analytics.incidents_by_technique",
    """
    select technique, sum(incidents)::bigint
    from technique_rollups
    where organization_id = $1 and day >= $2 and day <= $3
    group by technique
    """)
}
