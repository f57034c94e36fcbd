internal import Core
internal import Postgres

/// The SQL of a list, a count or a facet. Conditions are chosen from a fixed set; values are always
/// parameters.
///
/// Which index drives it is decided here and not by the planner, which knows neither how many incidents a
/// value has in one organization nor that they lie far apart: nested loops are forced by `offset 0`.
struct IncidentListQuery {
  /// What finds the candidates.
  enum Driver: Equatable {
    /// The index of the order.
    case order
    /// The index of the order that has only incidents which are not closed.
    case active
    /// A term, in the order of creation.
    case ordered(IncidentTerm)
    /// A term that few incidents have: all of them are read and then sorted.
    case few(IncidentTerm)
    /// The few incidents that were changed lately.
    case updated
  }

  /// Below this many candidates they are read and sorted.
  static let few = 2000
  /// So far candidates are counted, to begin with the condition that has the fewest.
  static let probed = 10_000

  private(set) var values: [PostgresValue]
  private let filter: IncidentFilter
  private let terms: [IncidentTerm]

  init(_ organization: OrganizationID, _ filter: IncidentFilter, _ terms: [IncidentTerm]) {
    values = [.int4(organization.rawValue)]
    self.filter = filter
    self.terms = terms
  }

  mutating func bind(_ value: PostgresValue) -> String {
    values.append(value)
    return "$\(values.count)"
  }

  // MARK: How many candidates there are

  /// Counts the candidates of each term, and of the incidents changed lately if that is a condition, each
  /// up to `probed`.
  mutating func probe() -> PostgresStatement {
    var counts = terms.map { term in
      "(select count(*) from (select from incident_terms t where \(condition(term)) "
        + "limit \(Self.probed)) found)"
    }
    if let since = filter.updatedSince {
      counts.append(
        "(select count(*) from (select from incidents where organization_id = $1 "
          + "and updated_at >= \(bind(since.value)) limit \(Self.probed)) found)")
    }
    return PostgresStatement(
      "incidents.probe", "select array[\(counts.joined(separator: ",\n  "))]")
  }

  // MARK: Pages

  mutating func list(
    _ driver: Driver, _ sort: IncidentSort, limit: Int, after: IncidentPosition?
  ) -> PostgresStatement {
    PostgresStatement(
      "incidents.list",
      """
      select \(IncidentQueries.listColumns)
      from (
      \(page(driver, sort, limit: limit, after: after))
      ) page
      cross join lateral (
        select *
        from incidents
        where organization_id = $1 and number = page_number
        offset 0
      ) incidents
      order by page_key \(sort.direction), page_number \(sort.direction)
      """)
  }

  private mutating func page(
    _ driver: Driver, _ sort: IncidentSort, limit: Int, after: IncidentPosition?
  ) -> String {
    let ending = "order by 1 \(sort.direction), 2 \(sort.direction)\nlimit \(limit)"
    guard case .ordered(let term) = driver else {
      var conditions = self.conditions(but: driver)
      if let after { conditions += place(after, sort, column: sort.column, number: "number") }
      return """
        \(candidates(driver))select \(sort.column) as page_key, number as page_number
        from \(source(driver))
        where \(Self.all(conditions))
        \(ending)
        """
    }
    let branches = term.values.map { value in
      var conditions = [condition(IncidentTerm(term.kind, value))]
      if let after { conditions += place(after, sort, column: "t.created_at", number: "t.number") }
      return """
        (select t.created_at as page_key, t.number as page_number
        from incident_terms t\(matching(but: term))
        where \(Self.all(conditions))
        order by t.created_at \(sort.direction), t.number \(sort.direction)
        limit \(limit))
        """
    }
    guard branches.count > 1 else { return branches[0] }
    return "\(branches.joined(separator: "\nunion all\n"))\n\(ending)"
  }

  // MARK: Counts

  /// Counts what the filter lets through, up to `limit`.
  mutating func count(_ driver: Driver, upTo limit: Int) -> PostgresStatement {
    PostgresStatement(
      "incidents.count",
      """
      select count(*)
      from (
      \(matches(driver, "", limit: limit))
      ) counted
      """)
  }

  /// What the filter lets through, at most `limit` incidents, counted by status, severity, assignee, rule
  /// and verdict.
  mutating func tally(_ driver: Driver, limit: Int) -> PostgresStatement {
    let columns =
      "status, severity, coalesce(assignee, '') as assignee, coalesce(rule_id, '') as rule_id, "
      + "coalesce(verdict, '') as verdict"
    return PostgresStatement(
      "incidents.tally",
      """
      select \(IncidentTally.grouped), count(*)
      from (
      \(matches(driver, columns, limit: limit))
      ) counted
      \(IncidentTally.grouping)
      """)
  }

  private mutating func matches(_ driver: Driver, _ columns: String, limit: Int) -> String {
    guard case .ordered(let term) = driver else {
      return """
        \(candidates(driver))select \(columns)
        from \(source(driver))
        where \(Self.all(conditions(but: driver)))
        limit \(limit)
        """
    }
    let found = columns.isEmpty ? matching(but: term) : matching(but: term, always: true)
    return """
      select \(columns)
      from incident_terms t\(found)
      where \(condition(term))
      limit \(limit)
      """
  }

  // MARK: Pieces

  private static func all(_ conditions: [String]) -> String {
    conditions.isEmpty ? "true" : conditions.joined(separator: "\n  and ")
  }

  /// The candidates of a driver that finds few.
  private mutating func candidates(_ driver: Driver) -> String {
    switch driver {
    case .order, .active, .ordered: return ""
    case .few(let term):
      return """
        with found as materialized (
          select distinct t.number as found_number
          from incident_terms t
          where \(condition(term)))

        """
    case .updated:
      guard let since = filter.updatedSince else { return "" }
      return """
        with found as materialized (
          select number as found_number
          from incidents
          where organization_id = $1 and updated_at >= \(bind(since.value)))

        """
    }
  }

  private func source(_ driver: Driver) -> String {
    switch driver {
    case .order, .active, .ordered: "incidents"
    case .few, .updated:
      "found cross join lateral (select * from incidents where organization_id = $1 "
        + "and number = found_number offset 0) incidents"
    }
  }

  /// A join that lets through the terms whose incident fulfils the other conditions. Terms are looked up
  /// where they are; incidents themselves are read only where they must be.
  private mutating func matching(but term: IncidentTerm, always: Bool = false) -> String {
    var joins = ""
    let others = terms.filter { $0 != term }
    if !others.isEmpty {
      let conditions = others.map { has($0, createdAt: "t.created_at", number: "t.number") }
      joins += """

        cross join lateral (
          select
          where \(Self.all(conditions))
          offset 0
        ) satisfied
        """
    }
    guard always || filter.updatedSince != nil else { return joins }
    let since = filter.updatedSince.map { "and updated_at >= \(bind($0.value))" } ?? ""
    return joins + """

      cross join lateral (
        select *
        from incidents
        where organization_id = $1
          and number = t.number
          \(since)
        offset 0
      ) matching
      """
  }

  /// Whether an incident has a term.
  private mutating func has(
    _ term: IncidentTerm, createdAt: String, number: String
  ) -> String {
    "exists (select from incident_terms o where o.organization_id = $1 "
      + "and o.kind = \(bind(.text(term.kind))) and o.value \(wanted(term)) "
      + "and o.created_at = \(createdAt) and o.number = \(number))"
  }

  private mutating func wanted(_ term: IncidentTerm) -> String {
    term.values.count == 1
      ? "= \(term.stored("\(bind(.text(term.values[0])))::text"))"
      : "= any (\(bind(.textArray(term.values))))"
  }

  /// A term as a condition on `incident_terms t`.
  private mutating func condition(_ term: IncidentTerm) -> String {
    var condition =
      "t.organization_id = $1 and t.kind = \(bind(.text(term.kind))) and t.value \(wanted(term))"
    if let since = filter.createdSince { condition += " and t.created_at >= \(bind(since.value))" }
    return condition
  }

  /// The conditions on `incidents`, but for what the driver sees to.
  private mutating func conditions(but driver: Driver) -> [String] {
    var conditions: [String] = []
    var driving: IncidentTerm?
    switch driver {
    case .order: conditions.append("organization_id = $1")
    case .active:
      conditions.append("organization_id = $1")
      // In the words of the index, so that the planner sees that it will do.
      conditions.append("status in ('open', 'acknowledged', 'in_progress', 'contained')")
    case .ordered(let term), .few(let term): driving = term
    case .updated: break
    }
    for term in terms where term != driving {
      guard let column = term.column else {
        conditions.append(
          has(term, createdAt: "incidents.created_at", number: "incidents.number"))
        continue
      }
      conditions.append(
        term.values == [""]
          ? "\(column) is null" : "\(column) = any (\(bind(.textArray(term.values))))")
    }
    if let since = filter.createdSince { conditions.append("created_at >= \(bind(since.value))") }
    if let since = filter.updatedSince, driver != .updated {
      conditions.append("updated_at >= \(bind(since.value))")
    }
    return conditions
  }

  private mutating func place(
    _ after: IncidentPosition, _ sort: IncidentSort, column: String, number: String
  ) -> [String] {
    let comparison = sort.isDescending ? "<" : ">"
    guard sort.key != .number else {
      return ["\(number) \(comparison) \(bind(.int8(after.number)))"]
    }
    let value: PostgresValue =
      sort.key == .severity
      ? .int2(Int16(clamping: after.value)) : .timestamptz(microseconds: after.value)
    let place = bind(value)
    return [
      "(\(column), \(number)) \(comparison) (\(place), \(bind(.int8(after.number))))",
      "\(column) \(comparison)= \(place)",
    ]
  }
}

extension IncidentSort {
  var direction: String { isDescending ? "desc" : "asc" }

  var column: String {
    switch key {
    case .createdAt: "created_at"
    case .updatedAt: "updated_at"
    case .lastEventAt: "coalesce(last_event_at, created_at)"
    case .severity: "severity_rank"
    case .number: "number"
    }
  }
}
