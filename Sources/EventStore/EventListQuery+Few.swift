internal import Core
internal import EventSearch
internal import Postgres

/// Lists whose events an index finds, but not in the order of time: those of a network, or of one of
/// several hosts.
///
/// To read such a list by time until it is full is best where many events pass, and hopeless where none
/// does; the planner, told never to sort, knows only that way. So what the index finds is counted first,
/// and sorted where it is few.
extension EventListQuery {
  /// What is few enough to be sorted.
  static let few = 2000
  /// How long the counting may take; then there are many.
  static let fewPatience = Duration.milliseconds(300)

  /// The condition whose events an index finds; nil where there is none, or a better way.
  var probe: EventQuery? {
    guard let conjuncts = filter.query?.conjuncts else { return nil }
    // The index of one value is in the order of time.
    if conjuncts.contains(where: \.isOrdered) { return nil }
    return conjuncts.first(where: \.isProbe)
  }

  /// The page, by sorting all events that pass.
  func sortedStatement(limit: Int) -> (PostgresStatement, [PostgresValue]) {
    var parameters = SQLParameters()
    let conditions = conditions(&parameters)
    let few = """
      with few as materialized (
        select \(StoredEvent.selected)\(rawBytes == nil ? "" : ", raw")
        from events
        where \(conditions)
      )
      """
    return (
      PostgresStatement("events.list_few", "\(few)\n\(page(of: "few", limit: limit, &parameters))"),
      parameters.values
    )
  }
}

extension EventQuery {
  /// Whether an index has its events in the order of time.
  var isOrdered: Bool {
    switch self {
    case .test(let field, .equals), .test(let field, .address): field.isIndexed
    default: false
    }
  }

  /// Whether the index of severe events has all of its own.
  var isSevere: Bool {
    guard case .test(.severity, .within(let range)) = self else { return false }
    return range.lowerBound >= 7
  }

  /// Whether an index has its events in another order.
  fileprivate var isProbe: Bool {
    switch self {
    case .test(let field, .network): return field.isIndexed
    case .or(let queries):
      guard case .test(let field, _)? = queries.first, field.isIndexed else { return false }
      return queries.allSatisfy { query in
        switch query {
        case .test(field, .equals), .test(field, .address), .test(field, .network): true
        default: false
        }
      }
    default: return false
    }
  }
}

extension EventQuery {
  /// The order of the index, so that it is read no further than the limit: a bitmap of all that it has
  /// would be made first. For one of several values there is no such order.
  fileprivate var probeOrder: String {
    guard case .test(let field, .network) = self else { return "" }
    return "\norder by \(field.column)"
  }
}

extension EventField {
  /// Whether there is an index on (organization, field, ts).
  fileprivate var isIndexed: Bool {
    switch self {
    case .srcIP, .dstIP, .host, .user, .eventID, .sourceType: true
    default: false
    }
  }
}

extension PostgresConnection {
  /// Whether few enough events pass the query's probe to sort them.
  func areFew(_ query: EventListQuery) throws -> Bool {
    guard let probe = query.probe else { return false }
    var parameters = SQLParameters()
    let range = query.range
    let filter = EventFilter(
      organization: query.filter.organization, from: range.lowerBound, to: range.upperBound,
      query: probe)
    let statement = PostgresStatement(
      "events.probe",
      """
      select count(*)
      from (
        select 1
        from events
        where \(filter.sql(&parameters))\(probe.probeOrder)
        limit \(parameters.bind(EventListQuery.few + 1))
      ) bounded
      """)
    do {
      let counts = try reading(within: EventListQuery.fewPatience) {
        try self.query(statement, parameters.values) { try $0.int8(0) }
      }
      return counts.first ?? 0 <= Int64(EventListQuery.few)
    } catch let error as PostgresError where error.code == .statementTimeout {
      return false
    }
  }
}
