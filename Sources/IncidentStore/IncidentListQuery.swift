internal import Core
internal import Postgres

/// The statement of a list: only the conditions that its filter sets, so that each combination has
/// a plan of its own.
struct IncidentListQuery {
  private(set) var values: [PostgresValue]
  private var conditions = ["organization_id = $1"]
  private let ending: String
  private let selects: String

  init(
    _ organization: OrganizationID, _ filter: IncidentFilter, sort: IncidentSort, limit: Int,
    after: IncidentPosition?
  ) {
    values = [.int4(organization.rawValue)]
    selects = "select \(IncidentQueries.columns)\nfrom incidents"
    let direction = sort.isDescending ? "desc" : "asc"
    let column = Self.column(sort.key)
    let order =
      sort.key == .number ? "number \(direction)" : "\(column) \(direction), number \(direction)"
    ending = "order by \(order)\nlimit \(limit)"
    add(filter)
    if let after { add(after, sort, column) }
  }

  init(_ organization: OrganizationID, _ filter: IncidentFilter, countingTo limit: Int) {
    values = [.int4(organization.rawValue)]
    selects = "select count(*)\nfrom (\nselect\nfrom incidents"
    ending = "limit \(limit)\n) counted"
    add(filter)
  }

  var statement: PostgresStatement {
    PostgresStatement(
      "incidents.list", "\(selects)\nwhere \(conditions.joined(separator: "\n  and "))\n\(ending)")
  }

  private static func column(_ key: IncidentSort.Key) -> String {
    switch key {
    case .createdAt: "created_at"
    case .updatedAt: "updated_at"
    case .lastEventAt: "coalesce(last_event_at, created_at)"
    case .severity: "severity_rank"
    case .number: "number"
    }
  }

  private mutating func bind(_ value: PostgresValue) -> String {
    values.append(value)
    return "$\(values.count)"
  }

  private mutating func add(_ filter: IncidentFilter) {
    if !filter.statuses.isEmpty {
      conditions.append("status = any (\(bind(.textArray(filter.statuses.map(\.rawValue)))))")
    }
    if !filter.severities.isEmpty {
      conditions.append("severity = any (\(bind(.textArray(filter.severities.map(\.rawValue)))))")
    }
    switch filter.assignee {
    case nil: break
    case .nobody?: conditions.append("assignee is null")
    case .person(let name)?: conditions.append("assignee = \(bind(.text(name)))")
    }
    if let technique = filter.technique {
      let name = bind(.text(technique))
      conditions.append(
        "(techniques @> array[\(name)]"
          + " or exists (select from unnest(techniques) t where starts_with(t, \(name) || '.')))")
    }
    if let entity = filter.entity {
      conditions.append("entities @> \(bind(.jsonb("[\(entity.json)]")))")
    }
    if let rule = filter.ruleID { conditions.append("rule_id = \(bind(.text(rule)))") }
    if let tag = filter.tag { conditions.append("tags @> array[\(bind(.text(tag)))]") }
    if let since = filter.createdSince { conditions.append("created_at >= \(bind(since.value))") }
    if let since = filter.updatedSince { conditions.append("updated_at >= \(bind(since.value))") }
  }

  private mutating func add(_ after: IncidentPosition, _ sort: IncidentSort, _ column: String) {
    let comparison = sort.isDescending ? "<" : ">"
    guard sort.key != .number else {
      conditions.append("number \(comparison) \(bind(.int8(after.number)))")
      return
    }
    let value: PostgresValue =
      sort.key == .severity
      ? .int2(Int16(clamping: after.value)) : .timestamptz(microseconds: after.value)
    let place = bind(value)
    let number = bind(.int8(after.number))
    conditions.append("(\(column), number) \(comparison) (\(place), \(number))")
    conditions.append("\(column) \(comparison)= \(place)")
  }
}
