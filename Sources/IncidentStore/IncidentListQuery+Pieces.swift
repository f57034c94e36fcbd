internal import Core
internal import Postgres

/// What the statements are put together from.
extension IncidentListQuery {
  static func all(_ conditions: [String]) -> String {
    conditions.isEmpty ? "true" : conditions.joined(separator: "\n  and ")
  }

  /// The candidates of a driver that finds few.
  mutating func candidates(_ driver: Driver) -> String {
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

  /// The candidates with the key of the list's order, where they can be had without reading each
  /// incident once more.
  mutating func keyedCandidates(_ driver: Driver, _ sort: IncidentSort) -> String? {
    switch driver {
    case .few(let term) where sort.key == .number:
      return """
        with found as materialized (
          select distinct t.number as found_number, t.number as found_key
          from incident_terms t
          where \(condition(term)))

        """
    case .few(let term):
      return """
        with numbers as materialized (
          select \(distinct(term)) t.number as found_number
          from incident_terms t
          where \(condition(term))),
        found as materialized (
          select found_number, found_key
          from numbers
          cross join lateral (
            select \(sort.column) as found_key
            from incidents
            where organization_id = $1 and number = found_number
            offset 0
          ) keys)

        """
    case .updated:
      guard let since = filter.updatedSince else { return nil }
      return """
        with found as materialized (
          select number as found_number, \(sort.column) as found_key
          from incidents
          where organization_id = $1 and updated_at >= \(bind(since.value))
          order by updated_at)

        """
    default: return nil
    }
  }

  /// An incident has each value once: those of one value come in the order of their index.
  private func distinct(_ term: IncidentTerm) -> String { term.values.count > 1 ? "distinct" : "" }

  func source(_ driver: Driver) -> String {
    switch driver {
    case .order, .active, .ordered: "incidents"
    case .few, .updated:
      "found cross join lateral (select * from incidents where organization_id = $1 "
        + "and number = found_number offset 0) incidents"
    }
  }

  /// A join that lets through the terms whose incident fulfils the other conditions. Terms are looked up
  /// where they are; incidents themselves are read only where they must be.
  mutating func matching(but term: IncidentTerm, always: Bool = false) -> String {
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

  /// Whether an incident has a term. `offset 0` has it looked up incident by incident: the planner would
  /// rather compare each with all that have the term, as it takes them to be few.
  private mutating func has(
    _ term: IncidentTerm, createdAt: String, number: String
  ) -> String {
    "exists (select from incident_terms o where o.organization_id = $1 "
      + "and o.kind = \(bind(.text(term.kind))) and o.value \(wanted(term)) "
      + "and o.created_at = \(createdAt) and o.number = \(number) offset 0)"
  }

  private mutating func wanted(_ term: IncidentTerm) -> String {
    term.values.count == 1
      ? "= \(term.stored("\(bind(.text(term.values[0])))::text"))"
      : "= any (\(bind(.textArray(term.values))))"
  }

  /// A term as a condition on `incident_terms t`.
  mutating func condition(_ term: IncidentTerm) -> String {
    var condition =
      "t.organization_id = $1 and t.kind = \(bind(.text(term.kind))) and t.value \(wanted(term))"
    if let since = filter.createdSince { condition += " and t.created_at >= \(bind(since.value))" }
    return condition
  }

  /// The conditions on `incidents`, but for what the driver sees to.
  mutating func conditions(but driver: Driver) -> [String] {
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

  mutating func place(
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
