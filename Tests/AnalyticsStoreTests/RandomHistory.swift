import AnalyticsStore
import Core
import Correlation
import IncidentStore

/// Incidents that are opened, changed, merged, split and deleted at random.
struct RandomHistory {
  private let database: AnalyticsDatabase
  private var random: SeededGenerator
  private var incidents: [(id: IncidentID, organization: OrganizationID)] = []

  init(_ database: AnalyticsDatabase, seed: UInt64) {
    self.database = database
    random = SeededGenerator(seed: seed)
  }

  mutating func step() async throws {
    guard incidents.count > 3, !random.chance(25) else { return try await open() }
    let (id, organization) = incidents[Int.random(in: 0..<incidents.count, using: &random)]
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<30:
      let status = IncidentStatus.allCases.filter { $0 != .merged }.randomElement(using: &random)
      let verdict = IncidentVerdict.allCases.randomElement(using: &random)
      try await database.change(id, in: organization) {
        $0.status = status
        $0.verdict = verdict.map { .value($0) }
      }
    case 30..<40:
      let severity = IncidentSeverity.allCases.randomElement(using: &random)
      try await database.change(id, in: organization) { $0.severity = severity }
    case 40..<55:
      let others = incidents.filter { $0.organization == organization && $0.id != id }
      guard let other = others.randomElement(using: &random) else { return }
      try await database.merge(id, into: other.id, in: organization)
    case 55..<65: try await database.split(id, in: organization)
    case 65..<80: try await touch(id)
    case 80..<90: try await grow(id)
    case 90..<94: try await delete(id)
    default: try await database.change(id, in: organization) { $0.comment = "seen" }
    }
  }

  private mutating func open() async throws {
    let organization = random.chance(70) ? database.ours : database.theirs
    let count = Int.random(in: 0...4, using: &random)
    let entities = (0..<count).map { _ in entity() }
    let techniques = ["T1110", "T1110.001", "T1059", "T1110"].shuffled(using: &random)
      .prefix(Int.random(in: 0...3, using: &random))
    let incident = try await database.create(
      severity: IncidentSeverity.allCases.randomElement(using: &random) ?? .low,
      entities: entities, techniques: Array(techniques), in: organization)
    incidents.append((incident.id, organization))
  }

  private mutating func entity() -> IncidentEntity {
    let number = Int.random(in: 0..<6, using: &random)
    return switch Int.random(in: 0..<3, using: &random) {
    case 0: IncidentEntity(type: "ip", value: "192.0.2.\(number)")
    case 1: IncidentEntity(type: "host", value: "Straße-\(number)")
    default: IncidentEntity(type: "user", value: "user \(number)")
    }
  }

  /// What correlation and people do to times and rules.
  private mutating func touch(_ id: IncidentID) async throws {
    let days = Int.random(in: 0..<40, using: &random)
    let minutes = Int.random(in: 0..<500, using: &random)
    let rule = ["null", "'r1'", "'r2'"].randomElement(using: &random) ?? "null"
    try await database.run(
      """
      update incidents
      set created_at = now() - interval '\(days) days',
        last_event_at = case when \(minutes) % 3 = 0 then null
          else now() - interval '\(days) days' - interval '\(minutes) minutes' end,
        acknowledged_at = case when \(minutes) % 2 = 0 then null
          else now() - interval '\(days) days' + interval '\(minutes) minutes' end,
        rule_id = \(rule)
      where id = '\(id)'
      """)
  }

  private mutating func grow(_ id: IncidentID) async throws {
    let entity = entity()
    try await database.run(
      """
      update incidents
      set entities = incident_entities(entities, '[\(entity.text)]', 100), last_event_at = now()
      where id = '\(id)'
      """)
  }

  private mutating func delete(_ id: IncidentID) async throws {
    let isFree = try await database.rows(
      """
      select from incidents where merged_into = '\(id)'
      union all
      select from incident_operations where incident_id = '\(id)'
      """
    ).isEmpty
    guard isFree else { return }
    try await database.run("delete from incidents where id = '\(id)'")
    incidents.removeAll { $0.id == id }
  }
}

extension IncidentEntity {
  /// As JSON, for values without quotes.
  fileprivate var text: String { #"{"type": "\#(type)", "value": "\#(value)"}"# }
}
