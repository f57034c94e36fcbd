import AnalyticsStore
import Core
import Correlation
import IncidentStore
import Postgres
import Tenancy
import Testing

@Suite struct EntityRiskTests {
  private let address = IncidentEntity(type: "ip", value: "192.0.2.7")

  private func contributions(
    _ database: AnalyticsDatabase, _ entity: EntityRisk, onlyCounting: Bool = true
  ) async throws -> [RiskContribution] {
    let ours = database.ours
    return try await database.tenants.withConnection(ours) { connection in
      try EntityQueries.contributions(
        ours, entity, onlyCounting: onlyCounting, limit: 100, on: connection)
    }
  }

  @Test func theRiskIsTheSumOfItsContributions() async throws {
    let database = try await AnalyticsDatabase()
    for (severity, days) in [(IncidentSeverity.low, 0), (.high, 7), (.critical, 21)] {
      let incident = try await database.create(severity: severity, entities: [address])
      try await database.run(
        "update incidents set last_event_at = now() - interval '\(days) days' "
          + "where id = '\(incident.id)'")
    }
    try await database.drain()
    let entity = try #require(try await database.entity(.ip, "192.0.2.7"))
    let now = Timestamp.now
    // 1 as it is, 20 halved once, 50 halved three times.
    #expect(abs(entity.risk(at: now) - (1 + 10 + 6.25)) < 0.01)
    let sum = try await contributions(database, entity).reduce(0) {
      $0 + $1.points * $1.ageFactor(at: now, halfLife: entity.halfLife)
    }
    #expect(abs(sum - entity.risk(at: now)) < 1e-6)
    let later = now.advanced(byMicroseconds: 7 * Timestamp.microsecondsPerDay)
    #expect(abs(entity.risk(at: later) * 2 - entity.risk(at: now)) < 1e-6)
  }

  @Test func anEventAheadOfTheClockAddsNoMoreThanOneOfNow() async throws {
    let database = try await AnalyticsDatabase()
    let incident = try await database.create(severity: .high, entities: [address])
    try await database.run(
      "update incidents set last_event_at = now() + interval '500 years' "
        + "where id = '\(incident.id)'")
    try await database.drain()
    let entity = try #require(try await database.entity(.ip, "192.0.2.7"))
    #expect(abs(entity.risk(at: .now) - 20) < 0.1 && entity.lastSeen <= .now)
    let points = try await contributions(database, entity)
    #expect(points.map { $0.ageFactor(at: $0.at, halfLife: entity.halfLife) } == [1])
    #expect(points.allSatisfy { $0.at <= .now })
  }

  @Test func falsePositivesAndDismissedIncidentsAddNothing() async throws {
    let database = try await AnalyticsDatabase()
    let first = try await database.create(severity: .critical, entities: [address])
    let second = try await database.create(severity: .critical, entities: [address])
    try await database.change(first.id) {
      $0.status = .resolved
      $0.verdict = .value(.falsePositive)
    }
    try await database.change(second.id) { $0.status = .dismissed }
    try await database.drain()
    let entity = try #require(try await database.entity(.ip, "192.0.2.7"))
    #expect(entity.risk(at: .now) == 0 && entity.incidents == 2)
    #expect(try await contributions(database, entity).isEmpty)
    let all = try await contributions(database, entity, onlyCounting: false)
    #expect(all.map(\.factor) == [0, 0])
    try await database.change(first.id) { $0.verdict = .value(.truePositive) }
    try await database.drain()
    let changed = try #require(try await database.entity(.ip, "192.0.2.7"))
    #expect(abs(changed.risk(at: .now) - 50) < 0.1)
  }

  @Test func aMergedIncidentCountsWithItsMaster() async throws {
    let database = try await AnalyticsDatabase()
    let master = try await database.create(severity: .high, entities: [address])
    let other = try await database.create(
      severity: .critical,
      entities: [address, IncidentEntity(type: "host", value: "web-1")])
    try await database.merge(other.id, into: master.id, in: database.ours)
    try await database.drain()
    let merged = try #require(try await database.entity(.ip, "192.0.2.7"))
    let host = try #require(try await database.entity(.host, "web-1"))
    #expect(merged.incidents == 1 && abs(merged.risk(at: .now) - 20) < 0.1)
    #expect(host.incidents == 1 && abs(host.risk(at: .now) - 20) < 0.1)
    #expect(try await contributions(database, host).map(\.number) == [master.number])
    try await database.split(other.id, in: database.ours)
    try await database.drain()
    let split = try #require(try await database.entity(.ip, "192.0.2.7"))
    #expect(split.incidents == 2 && abs(split.risk(at: .now) - 70) < 0.1)
    #expect(
      try await contributions(
        database, try #require(try await database.entity(.host, "web-1"))
      ).map(\.number) == [other.number])
  }

  @Test func pagesShowEveryEntityOnce() async throws {
    let database = try await AnalyticsDatabase()
    for index in 0..<13 {
      _ = try await database.create(
        severity: IncidentSeverity.allCases[index % 4],
        entities: [
          IncidentEntity(type: "ip", value: "192.0.2.\(index)"),
          IncidentEntity(type: "user", value: "user \(index % 5)"),
        ])
    }
    _ = try await database.create(
      entities: [IncidentEntity(type: "ip", value: "198.51.100.1")], in: database.theirs)
    try await database.drain()
    let ours = database.ours
    for sort in EntityFilter.Sort.allCases {
      for (type, count) in [(nil, 18), (EntityType.ip, 13), (.user, 5), (.host, 0)] {
        let filter = EntityFilter(type: type, sort: sort)
        var found: [EntityRisk] = []
        while true {
          let after = found.last.map { EntityPosition(after: $0, sort) }
          let page = try await database.tenants.withConnection(ours) { connection in
            try EntityQueries.list(ours, filter, limit: 4, after: after, on: connection)
          }
          found += page
          guard page.count == 4 else { break }
        }
        #expect(found.count == count && Set(found.map(\.id)).count == count)
        switch sort {
        case .risk: #expect(found.map(\.key) == found.map(\.key).sorted(by: >))
        case .lastSeen: #expect(found.map(\.lastSeen) == found.map(\.lastSeen).sorted(by: >))
        }
      }
    }
  }

  @Test func anotherHalfLifeIsAdopted() async throws {
    let database = try await AnalyticsDatabase()
    let incident = try await database.create(severity: .high, entities: [address])
    try await database.run(
      "update incidents set last_event_at = now() - interval '1 day' where id = '\(incident.id)'")
    try await database.drain()
    let refresh = AnalyticsRefresh(halfLife: 86_400)
    let adopted = try await database.pool.withConnection { try refresh.adoptHalfLife(on: $0) }
    #expect(adopted == [database.ours])
    let entity = try #require(try await database.entity(.ip, "192.0.2.7"))
    #expect(entity.incidents == 1 && abs(entity.risk(at: .now) - 10) < 0.01)
    #expect(try await database.pool.withConnection { try refresh.adoptHalfLife(on: $0) } == [])
  }

  @Test func aLongValueIsFoundByItself() async throws {
    let database = try await AnalyticsDatabase()
    let name = String(repeating: "long ", count: 200)
    _ = try await database.create(entities: [IncidentEntity(type: "user", value: name)])
    try await database.drain()
    #expect(try await database.entity(.user, name)?.incidents == 1)
  }
}
