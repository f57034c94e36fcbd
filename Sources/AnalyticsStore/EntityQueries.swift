public import Core
public import Postgres

/// Reads entities. Each question is asked for one organization and can see no other.
public enum EntityQueries {
  /// The newest incidents that are listed with an entity, which are also all that its risk is made of.
  public static let mostContributions = 1000

  /// One page of entities, the largest first.
  public static func list(
    _ organization: OrganizationID, _ filter: EntityFilter, limit: Int,
    after position: EntityPosition? = nil, on connection: isolated PostgresConnection
  ) throws -> [EntityRisk] {
    let page = page(organization, filter, limit: limit, after: position)
    return try connection.query(page.statement, page.values, row: entity)
  }

  static func page(
    _ organization: OrganizationID, _ filter: EntityFilter, limit: Int,
    after position: EntityPosition?
  ) -> (statement: PostgresStatement, values: [PostgresValue]) {
    var values: [PostgresValue] = [.int4(organization.rawValue), .int8(Int64(limit))]
    func bind(_ value: PostgresValue) -> String {
      values.append(value)
      return "$\(values.count)"
    }
    let column =
      switch filter.sort {
      case .risk: "risk_key"
      case .lastSeen: "last_seen"
      }
    var conditions = ["organization_id = $1"]
    if let type = filter.type { conditions.append("entity_type = \(bind(.text(type.rawValue)))") }
    if let position {
      let value: PostgresValue =
        switch filter.sort {
        case .risk: .float8(Double(bitPattern: UInt64(bitPattern: position.value)))
        case .lastSeen: .timestamptz(microseconds: position.value)
        }
      let bound = bind(value)
      conditions.append("\(column) <= \(bound)")
      conditions.append("(\(column), id) < (\(bound), \(bind(.int8(position.id))))")
    }
    let statement = PostgresStatement(
      "entities.list",
      """
      select \(columns)
      from entity_risk
      where \(conditions.joined(separator: "\n  and "))
      order by \(column) desc, id desc
      limit $2
      """)
    return (statement, values)
  }

  /// Nil where no incident of the organization names it.
  public static func item(
    _ organization: OrganizationID, _ type: EntityType, _ value: String,
    on connection: isolated PostgresConnection
  ) throws -> EntityRisk? {
    try connection.query(
      findItem, [.int4(organization.rawValue), .text(type.rawValue), .text(value)], row: entity
    ).first
  }

  /// What the newest incidents that name an entity add to its risk, the newest first.
  ///
  /// - Parameter onlyCounting: without those that add nothing.
  public static func contributions(
    _ organization: OrganizationID, _ entity: EntityRisk, onlyCounting: Bool, limit: Int,
    on connection: isolated PostgresConnection
  ) throws -> [RiskContribution] {
    try connection.query(
      onlyCounting ? findCounting : findAll,
      [
        .int4(organization.rawValue), .text(entity.type.rawValue), .text(entity.value),
        .int8(Int64(limit)),
      ]
    ) { row in
      let id = try row.uuid(0)
      return RiskContribution(
        incident: EventID(high: id.high, low: id.low), number: try row.int8(1),
        title: try row.text(2), severity: try row.text(3), status: try row.text(4),
        verdict: try row.optionalText(5), at: Timestamp(microseconds: try row.timestamptz(6)),
        weight: try row.float8(7), factor: try row.float8(8),
        points: try row.float8(9))
    }
  }

  private static let columns =
    "id, entity_type, entity_value, risk_key, half_life, incidents, last_seen"

  private static func entity(_ row: PostgresRow) throws -> EntityRisk {
    let type = try row.text(1)
    guard let known = EntityType(rawValue: type) else {
      throw AnalyticsStoreError(.unknownValue, "there is no type of entity \"\(type)\"")
    }
    return EntityRisk(
      id: try row.int8(0), type: known, value: try row.text(2), key: try row.float8(3),
      halfLife: try row.int4(4), incidents: try row.int8(5),
      lastSeen: Timestamp(microseconds: try row.timestamptz(6)))
  }

  static let findItem = PostgresStatement(
    "entities.item",
    """
    select \(columns)
    from entity_risk
    where organization_id = $1 and entity_type = $2 and entity_value = correlation_text($3)
    """)

  private static func statement(
    _ name: StaticString, and condition: String
  ) -> PostgresStatement {
    PostgresStatement(
      name,
      """
      select i.id, i.number, i.title, i.severity, i.status, i.verdict, named.at,
        risk_weight(i.severity), risk_factor(i.status, i.verdict), named.points
      from (
        select incident_id, at, points
        from entity_incidents
        where organization_id = $1 and entity_type = $2 and entity_value = $3\(condition)
        order by at desc, incident_id desc
        limit $4
      ) named
      join incidents i on i.organization_id = $1 and i.id = named.incident_id
      order by named.at desc, named.incident_id desc
      """)
  }

  static let findAll = statement("entities.incidents", and: "")
  static let findCounting = statement("entities.contributions", and: " and points > 0")
}
