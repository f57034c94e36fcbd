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
    precondition((1...largestPage).contains(limit), "a page holds 1 to \(largestPage) incidents")
    let terms = try terms(filter, on: connection)
    let driver = try driver(organization, filter, terms, sort, on: connection)
    var query = IncidentListQuery(organization, filter, terms)
    let statement = query.list(driver, sort, limit: limit, after: after)
    return try connection.query(statement, query.values, row: incident)
  }

  /// How many incidents a filter lets through, counted up to `limit`.
  public static func count(
    _ organization: OrganizationID, _ filter: IncidentFilter, upTo limit: Int,
    on connection: isolated PostgresConnection
  ) throws -> Int64 {
    let terms = try terms(filter, on: connection)
    let driver = try counting(organization, filter, terms, on: connection)
    var query = IncidentListQuery(organization, filter, terms)
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

  /// What is to find the candidates. A single term in the order of creation needs no look.
  static func driver(
    _ organization: OrganizationID, _ filter: IncidentFilter, _ terms: [IncidentTerm],
    _ sort: IncidentSort, on connection: isolated PostgresConnection
  ) throws -> IncidentListQuery.Driver {
    let isRange = sort.key == .updatedAt && filter.updatedSince != nil
    if terms.isEmpty, filter.updatedSince == nil || isRange { return .order }
    if sort.key == .createdAt, terms.count == 1, filter.updatedSince == nil {
      return .ordered(terms[0])
    }
    let isActive = filter.isOfActive && sort.key != .createdAt && sort.key != .number
    if isActive, terms.count == 1, filter.updatedSince == nil || isRange { return .active }
    let least = try fewest(organization, filter, terms, on: connection)
    if least.isFew { return least.driver }
    if isActive { return .active }
    // What was changed lately is mostly new, and such a list begins with what is old.
    let isBackwards = !sort.isDescending && sort.key != .updatedAt
    if terms.isEmpty, isBackwards, least.count < Int64(IncidentListQuery.changed) {
      return .updated
    }
    return sort.key == .createdAt ? least.driver : .order
  }

  static func counting(
    _ organization: OrganizationID, _ filter: IncidentFilter, _ terms: [IncidentTerm],
    on connection: isolated PostgresConnection
  ) throws -> IncidentListQuery.Driver {
    if terms.isEmpty, filter.updatedSince == nil { return .order }
    return try fewest(organization, filter, terms, on: connection).driver
  }

  /// What the fewest incidents fulfil, and whether they are few.
  private static func fewest(
    _ organization: OrganizationID, _ filter: IncidentFilter, _ terms: [IncidentTerm],
    on connection: isolated PostgresConnection
  ) throws -> (driver: IncidentListQuery.Driver, count: Int64, isFew: Bool) {
    var probe = IncidentListQuery(organization, filter, terms)
    let statement = probe.probe()
    let counts = try connection.query(statement, probe.values) { try $0.int8Array(0) }
      .flatMap { $0.compactMap(\.self) }
    guard let least = counts.enumerated().min(by: { $0.element < $1.element }) else {
      return (.order, 0, false)
    }
    let isAlone = terms.count == 1 && filter.createdSince == nil && filter.updatedSince == nil
    let few = isAlone ? IncidentListQuery.few : IncidentListQuery.fewToRead
    if least.element <= Int64(few) {
      let driver: IncidentListQuery.Driver =
        least.offset < terms.count ? .few(terms[least.offset]) : .updated
      return (driver, least.element, true)
    }
    // Those that were changed lately have no order of creation.
    let driver: IncidentListQuery.Driver =
      terms.isEmpty ? .order : .ordered(terms[min(least.offset, terms.count - 1)])
    return (driver, least.element, false)
  }

  private static let findWords = PostgresStatement("incidents.words", "select incident_words($1)")
}

extension IncidentFilter {
  /// Whether it lets through only incidents that are not closed.
  fileprivate var isOfActive: Bool {
    !statuses.isEmpty && statuses.allSatisfy { !$0.isClosed }
  }
}
