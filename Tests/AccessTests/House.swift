import Access
import Core
import NIOConcurrencyHelpers
import Postgres
import TestServers

@testable import Access

/// A database with two organizations, and nodes on it.
struct House: Sendable {
  let clock = ManualClock()
  let statements = StatementCounter()
  let events = EventList()
  let database: TestDatabase
  let pool: PostgresPool
  let access: AccessControl
  let acme: Organization
  let other: Organization

  static let password = Secret("correct horse")

  private static let migrations: String = {
    var parts = #filePath.split(separator: "/").dropLast(3).map(String.init)
    parts.append("Migrations")
    return "/" + parts.joined(separator: "/")
  }()

  init(_ configure: (inout AccessConfiguration) -> Void = { _ in }) async throws {
    database = try await SharedPostgres.shared().database(migrations: Self.migrations)
    pool = database.pool(observer: statements)
    var configuration = Self.configuration
    configure(&configuration)
    access = try await AccessControl(
      pool: pool, listening: database.configuration, configuration: configuration,
      observer: events, clock: clock.clock)
    acme = try await access.administration.createOrganization(slug: "acme", name: "Acme")
    other = try await access.administration.createOrganization(slug: "other", name: "Other")
  }

  private static var configuration: AccessConfiguration {
    var configuration = AccessConfiguration()
    configuration.passwordCost = cheap
    return configuration
  }

  /// Another node on the same database.
  func node(_ configure: (inout AccessConfiguration) -> Void = { _ in }) async throws
    -> AccessControl
  {
    var configuration = Self.configuration
    configure(&configuration)
    return try await AccessControl(
      pool: pool, listening: database.configuration, configuration: configuration,
      observer: events, clock: clock.clock)
  }

  func user(_ email: String = "anna@example.org", role: Role = .analyst) async throws -> User {
    try await access.administration.createUser(
      in: acme.id, email: email, password: Self.password, role: role)
  }

  func login(_ email: String = "anna@example.org") async throws -> TokenPair {
    try await access.auth.login(email: email, password: Self.password, address: here)
  }

  func key(_ scopes: ScopeSet = .eventsWrite, expiresAt: Timestamp? = nil) async throws -> (
    key: APIKey, text: Secret<String>
  ) {
    try await access.administration.createKey(
      in: acme.id, name: "sensor", scopes: scopes, expiresAt: expiresAt)
  }

  func run(_ sql: String) async throws {
    try await pool.withConnection { try $0.executeScript(sql) }
  }
}

let here = IPAddress("192.0.2.7")!

extension AccessControl {
  func authenticate(_ secret: Secret<String>) async throws -> Principal {
    try await authenticate(authorization: ["Bearer \(secret.reveal())"], apiKey: [])
  }
}

/// The names of the statements that were run.
final class StatementCounter: PostgresObserver {
  private let names = NIOLockedValueBox<[String]>([])

  func statementFinished(_ record: PostgresStatementRecord) {
    names.withLockedValue { $0.append("\(record.name)") }
  }

  func count(_ name: String) -> Int {
    names.withLockedValue { $0.filter { $0 == name }.count }
  }

  var total: Int { names.withLockedValue { $0.count } }
}

final class EventList: AccessObserver {
  private let all = NIOLockedValueBox<[String]>([])

  func accessEvent(_ event: AccessEvent) {
    let name = "\(event)".prefix { $0 != "(" }
    all.withLockedValue { $0.append(String(name)) }
  }

  var names: [String] { all.withLockedValue { $0 } }
}
