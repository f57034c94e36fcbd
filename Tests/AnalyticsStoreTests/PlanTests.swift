import Core
import Postgres
import Tenancy
import Testing

@testable import AnalyticsStore

/// Every question of a tenant finds its rows by an index under row-level security: where reading a whole
/// table is forbidden to the planner, it has another way.
@Suite struct PlanTests {
  private static let organization = PostgresValue.int4(1)
  private static let from = PostgresValue.timestamptz(microseconds: 1_790_000_000_000_000)
  private static let to = PostgresValue.timestamptz(microseconds: 1_795_000_000_000_000)
  private static let days: [PostgresValue] = [.date(days: 20_000), .date(days: 20_400)]
  private static let entity: [PostgresValue] = [.text("ip"), .text("192.0.2.1")]

  private static let questions: [(statement: PostgresStatement, values: [PostgresValue])] = [
    (AnalyticsQueries.sumEvents, [organization, from, to, .text("hour")]),
    (AnalyticsQueries.sumDetections, [organization, from, to, .text("day")]),
    (AnalyticsQueries.findSourceTypes, [organization, from, to]),
    (AnalyticsQueries.sumIncidents, [organization] + days),
    (AnalyticsQueries.rankTimes, [organization] + days),
    (AnalyticsQueries.sumOpen, [organization]),
    (AnalyticsQueries.sumByTechnique, [organization] + days),
    (EntityQueries.findItem, [organization] + entity),
    (EntityQueries.findAll, [organization] + entity + [.int8(10)]),
    (EntityQueries.findCounting, [organization] + entity + [.int8(10)]),
    (
      SourceQueries.findSources,
      [organization, from, from, from, .int8(100), .int8(100)]
    ),
    (SourceQueries.countQuarantined, [organization, from, .int8(100)]),
    (SourceQueries.findSensors, [organization, from, .int8(100)]),
    (QuarantineQueries.findItem, [organization, .int8(1), .int4(100)]),
  ]

  @Test func everyQuestionHasAnIndex() async throws {
    let database = try await AnalyticsDatabase()
    for (statement, values) in Self.questions {
      let plan = try await plan(statement, values, database)
      #expect(!plan.contains("Seq Scan"), "\(statement.name):\n\(plan)")
      #expect(plan.contains("Index"), "\(statement.name):\n\(plan)")
    }
  }

  @Test func listsComeInTheOrderOfTheirIndex() async throws {
    let database = try await AnalyticsDatabase()
    for sort in EntityFilter.Sort.allCases {
      for type in [nil, EntityType.ip] {
        let statement = EntityQueries.page(
          OrganizationID(1), EntityFilter(type: type, sort: sort), limit: 10,
          after: EntityPosition(value: 0, id: 1))
        let plan = try await plan(statement.statement, statement.values, database)
        #expect(plan.contains("Index Scan Backward"), "\(plan)")
        #expect(!plan.contains("Sort"), "\(plan)")
      }
    }
  }

  private func plan(
    _ statement: PostgresStatement, _ values: [PostgresValue], _ database: AnalyticsDatabase
  ) async throws -> String {
    let explain = PostgresStatement("test.explain", "explain \(statement.sql)")
    return try await database.tenants.withConnection(OrganizationID(1)) { connection in
      try connection.executeScript("set enable_seqscan = off")
      return try connection.query(explain, values) { try $0.text(0) }.joined(separator: "\n")
    }
  }
}
