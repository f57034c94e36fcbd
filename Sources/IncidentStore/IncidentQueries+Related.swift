public import Core
internal import Correlation
public import Postgres

/// Incidents that share entities with one.
public struct RelatedIncidents: Sendable {
  public struct Item: Sendable {
    public let incident: Incident
    public let shared: [IncidentEntity]
  }

  /// Those that share most come first, of them the newest.
  public let items: [Item]
  /// Entities that so many incidents have that they relate nothing.
  public let stopValues: [IncidentEntity]
}

/// Incidents that are like one, with how much and why.
public struct SimilarIncident: Sendable {
  public let incident: Incident
  /// 0 to 1: a half for the same rule, up to 0.3 for entities and up to 0.2 for techniques in common.
  public let score: Double
  public let sharesRule: Bool
  public let techniques: [String]
  public let entities: [IncidentEntity]
}

extension IncidentQueries {
  /// An entity of more incidents than this is a stop value.
  public static let stopValue = 200
  /// Candidates that each likeness finds, the newest ones.
  static let candidates = 100

  public static func related(
    _ organization: OrganizationID, to incident: Incident, limit: Int,
    on connection: isolated PostgresConnection
  ) throws -> RelatedIncidents {
    let sharers = try sharers(organization, incident, on: connection)
    var shared: [Int64: [IncidentEntity]] = [:]
    for (entity, numbers) in sharers.found {
      for number in numbers where number != incident.number {
        shared[number, default: []].append(entity)
      }
    }
    let order = shared.sorted {
      $0.value.count != $1.value.count ? $0.value.count > $1.value.count : $0.key > $1.key
    }
    let incidents = try load(organization, order.prefix(largestPage).map(\.key), on: connection)
    let items = order.compactMap { number, entities in
      incidents[number].map { RelatedIncidents.Item(incident: $0, shared: entities) }
    }
    return RelatedIncidents(
      items: Array(items.filter { !isMerged($0.incident, with: incident) }.prefix(limit)),
      stopValues: sharers.stopValues)
  }

  public static func similar(
    _ organization: OrganizationID, to incident: Incident, limit: Int,
    on connection: isolated PostgresConnection
  ) throws -> [SimilarIncident] {
    var numbers: Set<Int64> = []
    for (_, found) in try sharers(organization, incident, on: connection).found {
      numbers.formUnion(found.prefix(candidates))
    }
    var terms = incident.techniques.prefix(10).map { IncidentTerm("technique", $0) }
    if let rule = incident.rule { terms.append(IncidentTerm("rule", rule.id)) }
    for term in terms {
      numbers.formUnion(try newest(organization, term, candidates, on: connection))
    }
    numbers.remove(incident.number)
    let newest = numbers.sorted(by: >).prefix(largestPage)
    let likenesses = try load(organization, Array(newest), on: connection).values.map {
      likeness($0, incident)
    }
    return Array(
      likenesses.filter { $0.score > 0 && !isMerged($0.incident, with: incident) }
        .sorted {
          $0.score != $1.score ? $0.score > $1.score : $0.incident.number > $1.incident.number
        }
        .prefix(limit))
  }

  /// Whether two are shown as one.
  private static func isMerged(_ other: Incident, with incident: Incident) -> Bool {
    other.mergedInto == incident.id || other.id == incident.mergedInto
  }

  private static func likeness(_ other: Incident, _ incident: Incident) -> SimilarIncident {
    let techniques = Set(other.techniques).intersection(incident.techniques).sorted()
    let entities = incident.entities.filter { other.entities.contains($0) }
    func part(_ common: Int, _ left: Int, _ right: Int) -> Double {
      common == 0 ? 0 : Double(common) / Double(left + right - common)
    }
    let sharesRule = incident.rule != nil && incident.rule?.id == other.rule?.id
    let score =
      (sharesRule ? 0.5 : 0)
      + 0.3 * part(entities.count, other.entities.count, incident.entities.count)
      + 0.2 * part(techniques.count, Set(other.techniques).count, Set(incident.techniques).count)
    return SimilarIncident(
      incident: other, score: (score * 1000).rounded() / 1000, sharesRule: sharesRule,
      techniques: techniques, entities: entities)
  }

  /// Who else has the incident's entities.
  private static func sharers(
    _ organization: OrganizationID, _ incident: Incident, on connection: isolated PostgresConnection
  ) throws -> (found: [(IncidentEntity, [Int64])], stopValues: [IncidentEntity]) {
    var found: [(IncidentEntity, [Int64])] = []
    var stopValues: [IncidentEntity] = []
    for entity in incident.entities {
      let numbers = try newest(
        organization, IncidentTerm(entity.type, entity.value), stopValue + 1, on: connection)
      if numbers.count > stopValue {
        stopValues.append(entity)
      } else {
        found.append((entity, numbers))
      }
    }
    return (found, stopValues)
  }

  /// The numbers of the newest incidents that have a term.
  private static func newest(
    _ organization: OrganizationID, _ term: IncidentTerm, _ limit: Int,
    on connection: isolated PostgresConnection
  ) throws -> [Int64] {
    try connection.query(
      PostgresStatement(
        "incidents.having",
        """
        select number
        from incident_terms
        where organization_id = $1 and kind = $2 and value = \(term.stored("$3::text"))
        order by created_at desc, number desc
        limit $4
        """),
      [
        .int4(organization.rawValue), .text(term.kind), .text(term.values[0]), .int8(Int64(limit)),
      ]
    ) { try $0.int8(0) }
  }

  private static func load(
    _ organization: OrganizationID, _ numbers: [Int64], on connection: isolated PostgresConnection
  ) throws -> [Int64: Incident] {
    guard !numbers.isEmpty else { return [:] }
    let incidents = try connection.query(
      findNumbers, [.int4(organization.rawValue), .int8Array(numbers)], row: incident)
    return Dictionary(incidents.map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
  }

  private static let findNumbers = PostgresStatement(
    "incidents.by_numbers",
    """
    select \(listColumns)
    from incidents
    where organization_id = $1 and number = any ($2)
    """)
}
