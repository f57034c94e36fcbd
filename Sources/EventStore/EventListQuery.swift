internal import Core
internal import EventSearch
internal import Postgres

/// The SQL of one page of the event list.
struct EventListQuery: Sendable {
  var filter: EventFilter
  /// The event that the page comes behind.
  var position: EventPosition?
  var ascending: Bool
  var offset: Int
  /// Nil without raw records.
  var rawBytes: Int?

  /// The range of which the page may have events: what lies before the position is not in it.
  var range: Range<Timestamp> {
    var (from, to) = (filter.from, filter.to)
    if let position {
      if ascending {
        from = max(from, position.ts)
      } else {
        to = min(to, position.ts.advanced(byMicroseconds: 1))
      }
    }
    return from..<max(from, to)
  }

  /// Whether it may have to read many events that are not for it: it has a condition that no index has in
  /// the order of time. What the rollups know only tells in which hours such events are.
  var isSliced: Bool {
    guard offset == 0, let conjuncts = filter.query?.conjuncts else { return false }
    return !conjuncts.allSatisfy { $0.isOrdered || $0.isSevere }
  }

  /// The page, by reading the range in its order.
  func statement(limit: Int) -> (PostgresStatement, [PostgresValue]) {
    var parameters = SQLParameters()
    let conditions = conditions(&parameters)
    let sql = page(of: "events", where: conditions, limit: limit, &parameters)
    let name: StaticString = rawBytes == nil ? "events.list" : "events.list_raw"
    return (PostgresStatement(name, sql), parameters.values)
  }

  func conditions(_ parameters: inout SQLParameters) -> String {
    // The bound on ts alone prunes the partitions that the row comparison does not.
    let conditions = filter.within(range.lowerBound, range.upperBound).sql(&parameters)
    guard let position else { return conditions }
    let ts = parameters.bind(position.ts)
    let id = parameters.bind(.uuid(high: position.id.high, low: position.id.low))
    return conditions + " and (ts, id) \(ascending ? ">" : "<") (\(ts), \(id))"
  }

  /// A page of the rows of a table.
  func page(
    of table: String, where conditions: String = "true", limit: Int,
    _ parameters: inout SQLParameters
  ) -> String {
    let order = ascending ? "ts asc, id asc" : "ts desc, id desc"
    var page = """
      from \(table)
      where \(conditions)
      order by \(order)
      limit \(parameters.bind(limit))
      """
    if offset > 0 { page += "\noffset \(parameters.bind(offset))" }
    guard let rawBytes else { return "select \(StoredEvent.selected)\n\(page)" }
    // Lengths are known without reading the records, so those behind the bound are never read.
    return """
      select \(StoredEvent.selected),
        case when bytes_before < \(parameters.bind(rawBytes)) then raw end
      from (
        select \(StoredEvent.selected), raw,
          sum(octet_length(raw)) over (order by \(order) rows unbounded preceding)
            - octet_length(raw) as bytes_before
        \(page)
      ) page
      order by \(order)
      """
  }
}

extension PostgresConnection {
  /// The parts of a list's range that can have events of its filter, in its order, by the rollups: a
  /// rare source type is then not looked for in every event of the range, nor one that never was.
  ///
  /// - Parameter limit: of the page.
  func parts(of query: EventListQuery, limit: Int) throws -> [EventListQuery] {
    let range = query.range
    guard range.upperBound.microseconds - range.lowerBound.microseconds > Timestamp.oneHour,
      let conjuncts = query.filter.query?.conjuncts, conjuncts.contains(where: \.isCountable),
      // An index that has all of them in their order needs no help.
      conjuncts.count > 1 || !conjuncts[0].isOrdered, !query.ascending
    else { return [query] }
    let limitOfHours = limit + query.offset + 2
    let hours = try hours(
      query.filter, range.lowerBound.hour..<range.upperBound, limit: limitOfHours)
    var parts = HourRuns(hours: hours.map(\.hour)).ranges
    if hours.count == limitOfHours, !query.filter.isCountable {
      // The hours behind these may be needed, too.
      parts.append(range.lowerBound..<(hours.last?.hour ?? range.upperBound))
    }
    if query.offset > 0, let first = parts.first, let last = parts.last {
      parts = [last.lowerBound..<first.upperBound]
    }
    return parts.compactMap { part in
      let from = max(part.lowerBound, query.filter.from)
      let to = min(part.upperBound, query.filter.to)
      guard from < to else { return nil }
      var query = query
      query.filter = query.filter.within(from, to)
      return query
    }
  }
}

/// Hours, newest first, joined to stretches of time; the last stretch takes in all that are left where
/// there are too many.
struct HourRuns {
  static let most = 48
  private(set) var ranges: [Range<Timestamp>] = []

  init(hours: [Timestamp]) {
    for hour in hours {
      let end = hour.advanced(byMicroseconds: Timestamp.oneHour)
      if let last = ranges.last, last.lowerBound == end || ranges.count == Self.most {
        ranges[ranges.count - 1] = hour..<last.upperBound
      } else {
        ranges.append(hour..<end)
      }
    }
  }
}
