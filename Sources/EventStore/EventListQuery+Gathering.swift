internal import Core
internal import EventSearch
internal import Postgres

extension EventQuery {
  /// Whether an index leads through the events that pass, and no others, in the order of time.
  var isIndexed: Bool {
    switch self {
    case .test(.srcIP, .address), .test(.dstIP, .address), .test(.sourceType, .equals),
      .test(.eventID, .equals), .test(.host, .equals), .test(.user, .equals):
      true
    default: false
    }
  }

  /// Whether an index leads to the events that pass, in another order than that of time.
  fileprivate var isReachable: Bool {
    switch self {
    case .test(.srcIP, .network), .test(.dstIP, .network): true
    default: false
    }
  }
}

extension EventListQuery {
  /// Up to so many events are found first and then sorted.
  static let gatherable = 5000

  /// Counts what an index reaches of the events in the range, up to one more than `gatherable`.
  fileprivate func probe() -> (PostgresStatement, [PostgresValue])? {
    guard isSliced, !isIndexed, rawBytes == nil else { return nil }
    let reachable = filter.query?.conjuncts.filter(\.isReachable) ?? []
    guard !reachable.isEmpty else { return nil }
    var parameters = SQLParameters()
    var conditions = [
      "organization_id = \(parameters.bind(.int4(filter.organization.rawValue)))",
      "ts >= \(parameters.bind(range.lowerBound))",
      "ts < \(parameters.bind(range.upperBound))",
    ]
    for part in reachable { conditions.append("(\(part.sql(&parameters)))") }
    let statement = PostgresStatement(
      "events.probe",
      """
      select count(*)
      from (
        select
        from events
        where \(conditions.joined(separator: " and "))
        limit \(parameters.bind(Self.gatherable + 1))
      ) few
      """)
    return (statement, parameters.values)
  }
}

extension PostgresConnection {
  /// How long it may take to find out whether few events are in a network.
  private static let probing = Duration.milliseconds(500)

  /// The query as one statement that finds the few events of a network and then sorts them; nil where
  /// there are many, of which the newest are soon met in the order of time.
  func gathered(_ query: EventListQuery) throws -> EventListQuery? {
    guard let (statement, values) = query.probe() else { return nil }
    do {
      let found = try reading(within: Self.probing) {
        try self.query(statement, values) { try $0.int8(0) }.first ?? 0
      }
      guard found <= EventListQuery.gatherable else { return nil }
    } catch let error as PostgresError where error.code == .statementTimeout {
      return nil
    }
    var query = query
    query.isGathered = true
    return query
  }
}
