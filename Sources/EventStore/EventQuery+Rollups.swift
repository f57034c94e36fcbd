internal import Core
internal import EventSearch
internal import Postgres

extension EventQuery {
  /// Whether rows of `event_rollups` decide it: it tests nothing but what they are kept by.
  var isCountable: Bool {
    tests.allSatisfy { field, test in
      switch (field, test) {
      case (.severity, _), (.sourceType, .present): true
      // A source type that the rollups cut stands there with others.
      case (.sourceType, .equals(let text)):
        text.unicodeScalars.count < EventTally.sourceTypeLength
      default: false
      }
    }
  }
}

extension EventFilter {
  /// Whether the rollups alone can tell how many events of a whole hour it selects.
  var isCountable: Bool { query?.isCountable ?? true }

  /// The condition of what is counted of a part of a range.
  func rollupSQL(_ part: RollupRange.Part, _ parameters: inout SQLParameters) -> String {
    let (from, to) = (part.range.lowerBound, part.range.upperBound)
    let hours = rollupSQL(from: from.hour, to: to, &parameters)
    guard part.unit == .fiveMinutes else { return hours }
    let start = part.unit.start
    return hours + " and \(start) >= \(parameters.bind(from)) and \(start) < "
      + "\(parameters.bind(to)) and \(part.unit.events) > 0"
  }

  /// The condition of rows of `event_rollups` from one hour up to another, by what of the query they
  /// decide: no event that the filter selects is left out.
  func rollupSQL(
    from: Timestamp, to: Timestamp, _ parameters: inout SQLParameters
  ) -> String {
    var conditions = [
      "organization_id = \(parameters.bind(.int4(organization.rawValue)))",
      "hour >= \(parameters.bind(from))",
      "hour < \(parameters.bind(to))",
    ]
    for part in query?.conjuncts ?? [] where part.isCountable {
      conditions.append("(\(part.sql(&parameters)))")
    }
    return conditions.joined(separator: " and ")
  }
}
