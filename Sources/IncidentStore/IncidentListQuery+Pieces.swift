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
    case .order, .active, .ordered, .some, .near, .nearOf: return ""
    case .few(let term):
      return """
        with found as materialized (
          select \(distinct(term)) t.number as found_number
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
          select \(distinct(term)) t.number as found_number, t.number as found_key
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
        with found as not materialized (
          select number as found_number, \(sort.column) as found_key
          from incidents
          where organization_id = $1 and updated_at >= \(bind(since.value))
          order by updated_at
          offset 0)

        """
    default: return nil
    }
  }

  /// An incident has each value once: those of one value come in the order of their index.
  private func distinct(_ term: IncidentTerm) -> String { term.values.count > 1 ? "distinct" : "" }

  func source(_ driver: Driver) -> String {
    switch driver {
    case .order, .active, .ordered, .some, .near, .nearOf: "incidents"
    case .few, .updated:
      "found cross join lateral (select * from incidents where organization_id = $1 "
        + "and number = found_number offset 0) incidents"
    }
  }

  /// A join that reads the incidents of terms themselves, where that must be.
  mutating func matching(but term: IncidentTerm, always: Bool = false) -> String {
    guard always || filter.updatedSince != nil else { return "" }
    let since = filter.updatedSince.map { "and updated_at >= \(bind($0.value))" } ?? ""
    return """

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

  /// Whether the incident of a term has all others, too.
  mutating func members(but term: IncidentTerm) -> [String] {
    terms.filter { $0 != term }.map { has($0, of: "t") }
  }

  /// Whether an incident has a term.
  ///
  /// Of techniques the indexes tell first who may have one; such are looked up incident by incident. If it
  /// is known that few enough have another term, they are remembered (`is not false` keeps the planner from
  /// making a join of it). Else it is looked up as well, by force of `offset 0`: the planner would rather
  /// compare each with all that have the term, as it takes them to be few.
  ///
  /// - Parameters:
  ///   - table: what gives the incident's `number` and `created_at`.
  ///   - rows: how often it is asked, if that is known.
  private mutating func has(
    _ term: IncidentTerm, of table: String, rows: Int64 = .max
  ) -> String {
    if term.isMasked, table == "incidents" {
      return "(technique_mask & technique_bit(\(bind(.text(term.values[0])))) <> 0 "
        + "and \(lookedUp(term, of: table)))"
    }
    if let count = terms.firstIndex(of: term).flatMap({
      counts.terms.count > $0 ? counts.terms[$0] : nil
    }),
      count < limits.counted, count / 10 < rows
    {
      // More than were counted, should some have come since; the planner then knows that they have room.
      return "(\(table).number in (select t.number from incident_terms t where \(condition(term)) "
        + "limit \(2 * limits.counted))) is not false"
    }
    return lookedUp(term, of: table)
  }

  private mutating func lookedUp(_ term: IncidentTerm, of table: String) -> String {
    "exists (select from incident_terms o where o.organization_id = $1 "
      + "and o.kind = \(bind(.text(term.kind))) and o.value \(wanted(term)) "
      + "and o.created_at = \(table).created_at and o.number = \(table).number offset 0)"
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
    switch driver {
    case .order, .active, .near: base(driver) + rowConditions(but: nil)
    case .ordered(let term), .nearOf(let term, _): rowConditions(but: term)
    case .few(let term), .some(let term, _):
      rowConditions(but: term, rows: counts.rarest?.count ?? .max)
    case .updated: rowConditions(but: nil, isUpdated: true, rows: counts.changed ?? .max)
    }
  }

  /// What an index of the order is read by.
  func base(_ driver: Driver) -> [String] {
    // In the words of the index, so that the planner sees that it will do.
    driver == .active
      ? [
        "organization_id = $1",
        "status in ('open', 'acknowledged', 'in_progress', 'contained')",
      ] : ["organization_id = $1"]
  }

  /// What a row of `incidents` must fulfil.
  ///
  /// - Parameters:
  ///   - driving: the term that all of them have.
  ///   - isUpdated: whether all of them were changed lately enough.
  ///   - rows: how many are looked at, if that is known.
  mutating func rowConditions(
    but driving: IncidentTerm?, isUpdated: Bool = false, rows: Int64 = .max
  ) -> [String] {
    var conditions: [String] = []
    for term in terms where term != driving {
      guard term.isInIndexes, let column = term.column else {
        conditions.append(has(term, of: "incidents", rows: rows))
        continue
      }
      conditions.append("\(column) \(term.values == [""] ? "is null" : wanted(term))")
    }
    if let since = filter.createdSince { conditions.append("created_at >= \(bind(since.value))") }
    if let since = filter.updatedSince, !isUpdated {
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
