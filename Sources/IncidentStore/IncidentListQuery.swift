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
    /// A term that some incidents have. Where they lie evenly a page of them is soon met on a walk in the
    /// list's order, over the active ones only where that will do; where it is not, all are read and
    /// sorted.
    case some(IncidentTerm, ofActive: Bool)
    /// The few incidents that were changed lately.
    case updated
    /// A walk of so many steps in the list's order, which may not find a whole page.
    case near(ofActive: Bool, steps: Int)
    /// The same of what has a term of one value, in the order of creation.
    case nearOf(IncidentTerm, steps: Int)
  }

  private(set) var values: [PostgresValue]
  let filter: IncidentFilter
  let terms: [IncidentTerm]
  let counts: IncidentCandidates
  let limits: IncidentListLimits

  init(
    _ organization: OrganizationID, _ filter: IncidentFilter, _ terms: [IncidentTerm],
    _ counts: IncidentCandidates, _ limits: IncidentListLimits
  ) {
    values = [.int4(organization.rawValue)]
    self.filter = filter
    self.terms = terms
    self.counts = counts
    self.limits = limits
  }

  mutating func bind(_ value: PostgresValue) -> String {
    values.append(value)
    return "$\(values.count)"
  }

  // MARK: How many candidates there are

  /// Counts the candidates of each term up to `counted`, and the incidents changed lately, if that is a
  /// condition, up to `changed`, or no further than tells whether they are few.
  mutating func probe(changed: Int64?) -> PostgresStatement {
    var counts = terms.map { term in
      "(select count(*) from (select from incident_terms t where \(condition(term)) "
        + "limit \(limits.counted)) found)"
    }
    if let since = filter.updatedSince {
      counts.append(
        "(select count(*) from (select from incidents where organization_id = $1 "
          + "and updated_at >= \(bind(since.value)) limit \(changed ?? Int64(limits.few) + 1)) found)"
      )
    }
    return PostgresStatement(
      "incidents.probe", "select array[\(counts.joined(separator: ",\n  "))]")
  }

  /// Where the first incidents of each term lie (``IncidentReach``).
  mutating func reach(_ sort: IncidentSort) -> PostgresStatement {
    let direction = sort.direction
    var numbers = [
      "(select number from incidents where organization_id = $1 order by number \(direction) limit 1)"
    ]
    for term in terms {
      for value in term.values {
        numbers.append(
          "(select t.number from incident_terms t where \(condition(IncidentTerm(term.kind, value))) "
            + "order by t.created_at \(direction), t.number \(direction) "
            + "limit 1 offset \(limits.reach - 1))")
      }
    }
    return PostgresStatement(
      "incidents.reach", "select array[\(numbers.joined(separator: ",\n  "))]::bigint[]")
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
    switch driver {
    case .ordered(let term): orderedPage(term, sort, limit: limit, after: after)
    case .some(let term, let ofActive):
      walkedPage(term, ofActive: ofActive, sort, limit: limit, after: after)
    case .near(let ofActive, let steps):
      walk(ofActive: ofActive, steps: steps, sort, limit: limit, after: after)
    case .nearOf(let term, let steps):
      orderedPage(term, sort, limit: limit, after: after, steps: steps)
    case .order, .active, .few, .updated: sortedPage(driver, sort, limit: limit, after: after)
    }
  }

  private mutating func sortedPage(
    _ driver: Driver, _ sort: IncidentSort, limit: Int, after: IncidentPosition?,
    unless walked: String? = nil
  ) -> String {
    let ending = "order by 1 \(sort.direction), 2 \(sort.direction)\nlimit \(limit)"
    let unlessWalked = walked.map { ["(select count(*) from \($0)) < \(limit)"] } ?? []
    var conditions = self.conditions(but: driver)
    if conditions.isEmpty, let found = keyedCandidates(driver, sort) {
      if let after {
        conditions = place(after, sort, column: "found_key", number: "found_number")
      }
      return """
        \(found)select found_key as page_key, found_number as page_number
        from found
        where \(Self.all(unlessWalked + conditions))
        \(ending)
        """
    }
    if let after { conditions += place(after, sort, column: sort.column, number: "number") }
    return """
      \(candidates(driver))select \(sort.column) as page_key, number as page_number
      from \(source(driver))
      where \(Self.all(unlessWalked + conditions))
      \(ending)
      """
  }

  /// - Parameter steps: of how many that have a term the page may be; nil for all.
  private mutating func orderedPage(
    _ term: IncidentTerm, _ sort: IncidentSort, limit: Int, after: IncidentPosition?,
    steps: Int? = nil
  ) -> String {
    let branches = term.values.map { value in
      var having = [condition(IncidentTerm(term.kind, value))]
      if let after { having += place(after, sort, column: "t.created_at", number: "t.number") }
      var source = "incident_terms"
      if let steps {
        source = """
          (
            select t.created_at, t.number
            from incident_terms t
            where \(Self.all(having))
            order by t.created_at \(sort.direction), t.number \(sort.direction)
            limit \(steps))
          """
        having = []
      }
      return """
        (select t.created_at as page_key, t.number as page_number
        from \(source) t\(matching(but: term))
        where \(Self.all(having + members(but: term)))
        order by t.created_at \(sort.direction), t.number \(sort.direction)
        limit \(limit))
        """
    }
    guard branches.count > 1 else { return branches[0] }
    return "\(branches.joined(separator: "\nunion all\n"))\n"
      + "order by 1 \(sort.direction), 2 \(sort.direction)\nlimit \(limit)"
  }

  /// The page, if a walk of `walked` incidents has it whole; else out of all that have the term.
  private mutating func walkedPage(
    _ term: IncidentTerm, ofActive: Bool, _ sort: IncidentSort, limit: Int,
    after: IncidentPosition?
  ) -> String {
    let ending = "order by 1 \(sort.direction), 2 \(sort.direction)\n"
    let walk = walk(
      ofActive: ofActive, steps: limits.walked, sort, limit: limit, after: after)
    let all = sortedPage(.few(term), sort, limit: limit, after: after, unless: "walk")
    return """
      with walk as materialized (
      \(walk))
      select page_key, page_number
      from walk
      where (select count(*) from walk) = \(limit)
      union all
      (\(all))
      \(ending)limit \(limit)
      """
  }

  /// What a walk of so many incidents in the list's order has of a page.
  private mutating func walk(
    ofActive: Bool, steps: Int, _ sort: IncidentSort, limit: Int, after: IncidentPosition?
  ) -> String {
    var base = self.base(ofActive ? .active : .order)
    if let after { base += place(after, sort, column: sort.column, number: "number") }
    return """
      select page_key, number as page_number
      from (
        select \(sort.column) as page_key, number, created_at, updated_at, status, severity, assignee,
          verdict, technique_mask
        from incidents
        where \(Self.all(base))
        order by \(sort.column) \(sort.direction), number \(sort.direction)
        limit \(steps)
      ) incidents
      where \(Self.all(rowConditions(but: nil)))
      order by 1 \(sort.direction), 2 \(sort.direction)
      limit \(limit)
      """
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
      where \(Self.all([condition(term)] + members(but: term)))
      limit \(limit)
      """
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
