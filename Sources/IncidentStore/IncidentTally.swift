public import Core
public import Postgres

/// Counts of incidents by what they are filtered by, kept by the database as incidents change.
public enum IncidentTally {
  /// So many changes are added up with each question; more are folded into the counts first.
  static let unfolded = 5000

  /// The facets of a filter: at once where it has conditions on status, severity, assignee, rule and
  /// verdict only, and otherwise counted over at most `IncidentFacets.counted` incidents.
  public static func facets(
    _ organization: OrganizationID, _ filter: IncidentFilter,
    on connection: isolated PostgresConnection
  ) throws -> IncidentFacets {
    var facets = IncidentFacets()
    let rows = try counts(organization, filter, on: connection) { total in
      facets.isComplete = total < Int64(IncidentFacets.counted)
    }
    facets.total = total(of: rows)
    func sums(_ member: Row.Member) -> [IncidentFacets.Count] {
      let some = rows.filter { $0.member == member && $0.incidents > 0 }.sorted {
        $0.incidents != $1.incidents ? $0.incidents > $1.incidents : $0.value < $1.value
      }
      return some.prefix(IncidentFacets.most).map { row in
        IncidentFacets.Count(
          value: row.value.isEmpty ? nil : row.value, title: nil, incidents: row.incidents)
      }
    }
    facets.statuses = sums(.status)
    facets.severities = sums(.severity)
    facets.assignees = sums(.assignee)
    facets.verdicts = sums(.verdict).filter { $0.value != nil }
    facets.rules = try titled(sums(.rule).filter { $0.value != nil }, organization, on: connection)
    return facets
  }

  /// How many incidents a filter lets through.
  ///
  /// - Parameter limit: what is counted one by one is counted so far.
  /// - Returns: the count, and whether it is exact.
  public static func total(
    _ organization: OrganizationID, _ filter: IncidentFilter, upTo limit: Int,
    on connection: isolated PostgresConnection
  ) throws -> (count: Int64, isExact: Bool) {
    let terms = try IncidentQueries.terms(filter, on: connection)
    if isKept(filter, terms) {
      return (total(of: try kept(organization, filter, on: connection)), true)
    }
    let counted = try IncidentQueries.count(organization, filter, upTo: limit, on: connection)
    if counted < Int64(limit) { return (counted, true) }
    // No more than the conditions let through that are counted ahead.
    var known = filter
    (known.text, known.entity, known.technique, known.tag) = (nil, nil, nil, nil)
    (known.createdSince, known.updatedSince) = (nil, nil)
    let most = total(of: try kept(organization, known, on: connection))
    return (max(counted, most), false)
  }

  /// How many incidents have a value of a member; or how many there are.
  struct Row {
    /// The mask that `grouping` gives for each.
    enum Member: Int32 {
      case status = 15
      case severity = 23
      case assignee = 27
      case rule = 29
      case verdict = 30
      case all = 31
    }

    let member: Member?
    let value: String
    let incidents: Int64

    init(_ row: PostgresRow) throws {
      member = Member(rawValue: try row.int4(0))
      value = try row.optionalText(1) ?? ""
      incidents = try row.int8(2)
    }
  }

  /// What the rows of a statement are: the counts by each member, and of all.
  static let grouped = """
    grouping(status, severity, assignee, rule_id, verdict),
      coalesce(status, severity, assignee, rule_id, verdict)
    """
  static let grouping =
    "group by grouping sets ((status), (severity), (assignee), (rule_id), (verdict), ())"

  private static func total(of rows: [Row]) -> Int64 {
    rows.first { $0.member == .all }?.incidents ?? 0
  }

  private static func counts(
    _ organization: OrganizationID, _ filter: IncidentFilter,
    on connection: isolated PostgresConnection, counted: (Int64) -> Void
  ) throws -> [Row] {
    let terms = try IncidentQueries.terms(filter, on: connection)
    if isKept(filter, terms) { return try kept(organization, filter, on: connection) }
    let (driver, counts) = try IncidentQueries.counting(
      organization, filter, terms, on: connection)
    var query = IncidentListQuery(organization, filter, terms, counts, .standard)
    let statement = query.tally(driver, limit: IncidentFacets.counted)
    let rows = try connection.query(statement, query.values, row: Row.init)
    counted(total(of: rows))
    return rows
  }

  private static func isKept(_ filter: IncidentFilter, _ terms: [IncidentTerm]) -> Bool {
    filter.createdSince == nil && filter.updatedSince == nil
      && terms.allSatisfy { $0.column != nil }
  }

  private static func kept(
    _ organization: OrganizationID, _ filter: IncidentFilter,
    on connection: isolated PostgresConnection
  ) throws -> [Row] {
    try fold(organization, on: connection)
    let assignee: String? =
      switch filter.assignee {
      case nil: nil
      case .nobody?: ""
      case .person(let name)?: name
      }
    return try connection.query(
      readKept,
      [
        .int4(organization.rawValue), .textArray(filter.statuses.map(\.rawValue)),
        .textArray(filter.severities.map(\.rawValue)), .optionalText(assignee),
        .optionalText(filter.ruleID), .textArray(filter.verdicts.map(\.rawValue)),
      ], row: Row.init)
  }

  /// Adds the changes to the counts, if they are many.
  private static func fold(
    _ organization: OrganizationID, on connection: isolated PostgresConnection
  ) throws {
    let waiting =
      try connection.query(
        countChanges, [.int4(organization.rawValue), .int8(Int64(unfolded) + 1)]
      ) { try $0.int8(0) }.first ?? 0
    guard waiting > Int64(unfolded) else { return }
    try connection.transaction {
      try connection.execute(IncidentUpdates.makeCounter, [.int4(organization.rawValue)])
      try connection.execute(IncidentUpdates.lockCounter, [.int4(organization.rawValue)])
      try connection.execute(foldChanges, [.int4(organization.rawValue)])
    }
  }

  private static func titled(
    _ rules: [IncidentFacets.Count], _ organization: OrganizationID,
    on connection: isolated PostgresConnection
  ) throws -> [IncidentFacets.Count] {
    let ids = rules.compactMap(\.value)
    guard !ids.isEmpty else { return rules }
    let pairs = try connection.query(
      findTitles, [.int4(organization.rawValue), .textArray(ids)]
    ) { (try $0.text(0), try $0.optionalText(1)) }
    let titles = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    return rules.map { rule in
      IncidentFacets.Count(
        value: rule.value, title: rule.value.flatMap { titles[$0] ?? nil },
        incidents: rule.incidents)
    }
  }
}
