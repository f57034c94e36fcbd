public import Core
internal import Correlation
public import Postgres

extension IncidentQueries {
  /// One page of a list.
  ///
  /// - Parameters:
  ///   - limit: 1 to `largestPage`.
  ///   - after: where the page before ended; nil for the first.
  /// - Throws: `IncidentStoreError` of code `.noWords` where the filter's text has none.
  public static func list(
    _ organization: OrganizationID, _ filter: IncidentFilter, sort: IncidentSort = .standard,
    limit: Int, after: IncidentPosition? = nil, on connection: isolated PostgresConnection
  ) throws -> [Incident] {
    try list(
      organization, filter, sort: sort, limit: limit, after: after, limits: .standard,
      on: connection)
  }

  static func list(
    _ organization: OrganizationID, _ filter: IncidentFilter, sort: IncidentSort, limit: Int,
    after: IncidentPosition? = nil, limits: IncidentListLimits,
    on connection: isolated PostgresConnection
  ) throws -> [Incident] {
    precondition((1...largestPage).contains(limit), "a page holds 1 to \(largestPage) incidents")
    let terms = try terms(filter, on: connection)
    if after == nil,
      let near = try near(organization, filter, terms, sort, limit: limit, limits, on: connection)
    {
      var query = IncidentListQuery(organization, filter, terms, .unknown, limits)
      let statement = query.list(near, sort, limit: limit, after: nil)
      let page = try connection.query(statement, query.values, row: incident)
      if page.count == limit { return page }
    }
    let (driver, counts) = try driver(organization, filter, terms, sort, limits, on: connection)
    var query = IncidentListQuery(organization, filter, terms, counts, limits)
    let statement = query.list(driver, sort, limit: limit, after: after)
    return try connection.query(statement, query.values, row: incident)
  }

  /// How many incidents a filter lets through, counted up to `limit`.
  public static func count(
    _ organization: OrganizationID, _ filter: IncidentFilter, upTo limit: Int,
    on connection: isolated PostgresConnection
  ) throws -> Int64 {
    let terms = try terms(filter, on: connection)
    let (driver, counts) = try counting(organization, filter, terms, on: connection)
    var query = IncidentListQuery(organization, filter, terms, counts, .standard)
    let statement = query.count(driver, upTo: limit)
    return try connection.query(statement, query.values) { try $0.int8(0) }.first ?? 0
  }

  /// What the filter's conditions are in the table of terms.
  static func terms(
    _ filter: IncidentFilter, on connection: isolated PostgresConnection
  ) throws -> [IncidentTerm] {
    guard let text = filter.text else { return filter.terms(words: []) }
    let words = try connection.query(findWords, [.text(text)]) { try $0.textArray(0) }
      .flatMap { $0.compactMap(\.self) }
    guard !words.isEmpty else {
      throw IncidentStoreError(.noWords, "the text has no word of three letters or more")
    }
    return filter.terms(words: words)
  }

  /// What is to find the candidates of a list. A single term in the order of creation needs no look.
  static func driver(
    _ organization: OrganizationID, _ filter: IncidentFilter, _ terms: [IncidentTerm],
    _ sort: IncidentSort, _ limits: IncidentListLimits, on connection: isolated PostgresConnection
  ) throws -> (IncidentListQuery.Driver, IncidentCandidates) {
    let isRange = sort.key == .updatedAt && filter.updatedSince != nil
    if terms.isEmpty, filter.updatedSince == nil || isRange { return (.order, .unknown) }
    if sort.key == .createdAt, terms.count == 1, filter.updatedSince == nil {
      return (.ordered(terms[0]), .unknown)
    }
    let isActive = filter.isOfActive(sort)
    if isActive, terms.count == 1, filter.updatedSince == nil || isRange {
      return (.active, .unknown)
    }
    // What was changed lately is mostly new, and such a list begins with what is old.
    let isBackwards = terms.isEmpty && !sort.isDescending && sort.key != .updatedAt
    let counts = try candidates(
      organization, filter, terms, changed: isBackwards ? limits.changed : nil, limits,
      on: connection)
    if let few = few(terms, counts, limits) { return (few, counts) }
    guard let rarest = counts.rarest else {
      let isFew = counts.changed.map { $0 < limits.changed } ?? false
      return (isBackwards && isFew ? .updated : .order, counts)
    }
    let term = terms[rarest.place]
    let isSome = rarest.count < limits.counted
    let isAlone = terms.count == 1 && filter.createdSince == nil && filter.updatedSince == nil
    if isSome, isAlone, sort.key == .number { return (.few(term), counts) }
    if sort.key == .createdAt { return (.ordered(term), counts) }
    if isSome { return (.some(term, ofActive: isActive), counts) }
    return (isActive ? .active : .order, counts)
  }

  /// What is to find the candidates of a count.
  static func counting(
    _ organization: OrganizationID, _ filter: IncidentFilter, _ terms: [IncidentTerm],
    on connection: isolated PostgresConnection
  ) throws -> (IncidentListQuery.Driver, IncidentCandidates) {
    if terms.isEmpty, filter.updatedSince == nil { return (.order, .unknown) }
    let counts = try candidates(
      organization, filter, terms, changed: nil, .standard, on: connection)
    if let few = few(terms, counts, .standard) { return (few, counts) }
    return (counts.rarest.map { .ordered(terms[$0.place]) } ?? .order, counts)
  }

  /// The condition that so few fulfil that they are best read one by one.
  private static func few(
    _ terms: [IncidentTerm], _ counts: IncidentCandidates, _ limits: IncidentListLimits
  ) -> IncidentListQuery.Driver? {
    let few = Int64(limits.few)
    if let rarest = counts.rarest, rarest.count <= min(few, counts.changed ?? few) {
      return .few(terms[rarest.place])
    }
    return counts.changed.map { $0 <= few } ?? false ? .updated : nil
  }

  /// What is to find a first page, where it may be expected near the list's beginning. What needs no look
  /// gets none.
  private static func near(
    _ organization: OrganizationID, _ filter: IncidentFilter, _ terms: [IncidentTerm],
    _ sort: IncidentSort, limit: Int, _ limits: IncidentListLimits,
    on connection: isolated PostgresConnection
  ) throws -> IncidentListQuery.Driver? {
    let isActive = filter.isOfActive(sort)
    guard filter.createdSince == nil, filter.updatedSince == nil,
      terms.count > (isActive || sort.key == .createdAt ? 1 : 0)
    else { return nil }
    var query = IncidentListQuery(organization, filter, terms, .unknown, limits)
    let statement = query.reach(sort)
    let numbers = try connection.query(statement, query.values) { try $0.int8Array(0) }
    return IncidentReach(numbers.first ?? [], of: terms, reach: limits.reach)?
      .driver(terms, sort, isActive: isActive, limit: limit, limits)
  }

  private static func candidates(
    _ organization: OrganizationID, _ filter: IncidentFilter, _ terms: [IncidentTerm],
    changed: Int64?, _ limits: IncidentListLimits, on connection: isolated PostgresConnection
  ) throws -> IncidentCandidates {
    var probe = IncidentListQuery(organization, filter, terms, .unknown, limits)
    let statement = probe.probe(changed: changed)
    let counts = try connection.query(statement, probe.values) { try $0.int8Array(0) }
    return IncidentCandidates(counts.flatMap { $0.compactMap(\.self) }, ofTerms: terms.count)
  }

  private static let findWords = PostgresStatement("incidents.words", "select incident_words($1)")
}

extension IncidentFilter {
  /// Whether it lets through only incidents that are not closed, and the order has an index of those.
  fileprivate func isOfActive(_ sort: IncidentSort) -> Bool {
    sort.key != .createdAt && sort.key != .number && !statuses.isEmpty
      && statuses.allSatisfy { !$0.isClosed }
  }
}
