public import Postgres
public import PrivateServers

/// One private PostgreSQL for a test process; every test gets a fresh database.
///
/// Started on first use, ended with the process. Without fsync, since nothing in it must last.
public actor SharedPostgres {
  private static let start = Task { try await SharedPostgres() }

  public static func shared() async throws -> SharedPostgres {
    try await start.value
  }

  public nonisolated let endpoint: PrivatePostgresEndpoint
  private let server: PrivatePostgres
  private let administration: PostgresPool
  private var count = 0
  private var templates: [String: Task<String, any Error>] = [:]

  private init() async throws {
    let folder = try TemporaryFolder("postgres")
    server = try PrivatePostgres(directory: "\(folder.path)/pg", options: .forTests)
    endpoint = try await server.start()
    folder.removeAtExit(with: await server.process)
    administration = PostgresPool(
      configuration: PostgresConfiguration(conninfo: endpoint.conninfo), maxConnections: 2,
      maxWait: .seconds(600))
  }

  /// An empty database, or one with the migrations of a folder applied.
  ///
  /// A folder is migrated once in a process; its databases are copies.
  public func database(migrations: String? = nil) async throws -> TestDatabase {
    let template = try await migrations.asyncMap { try await self.template($0) }
    return try await create(from: template ?? "template0")
  }

  /// An empty schema of the common database as the session's only one: a hundred times cheaper than
  /// a database, for tests of what no other test can see.
  public func schema() async throws -> TestDatabase {
    count += 1
    let name = "test_\(count)"
    try await administration.withConnection { try $0.executeScript("create schema \(name)") }
    return TestDatabase(
      name: name, conninfo: endpoint.conninfo + " options='-c search_path=\(name)'")
  }

  private func template(_ folder: String) async throws -> String {
    if let task = templates[folder] { return try await task.value }
    let task = Task {
      let database = try await create(from: "template0")
      let connection = try await PostgresConnection.connect(database.configuration)
      try await connection.migrate(folder)
      await connection.close()
      return database.name
    }
    templates[folder] = task
    return try await task.value
  }

  private func create(from template: String) async throws -> TestDatabase {
    count += 1
    let name = "test_\(count)"
    try await administration.withConnection {
      try $0.executeScript("create database \(name) template \(template)")
    }
    return TestDatabase(name: name, conninfo: endpoint.conninfo(database: name))
  }
}

/// A database that one test has for itself.
public struct TestDatabase: Sendable {
  public let name: String
  public let conninfo: String

  public var configuration: PostgresConfiguration { PostgresConfiguration(conninfo: conninfo) }

  public func pool(
    maxConnections: Int = 4, observer: (any PostgresObserver)? = nil
  ) -> PostgresPool {
    PostgresPool(
      configuration: configuration, maxConnections: maxConnections, observer: observer)
  }

  public func connect() async throws -> PostgresConnection {
    try await PostgresConnection.connect(configuration)
  }
}

extension PrivatePostgresOptions {
  /// Small and without fsync.
  public static var forTests: Self {
    var options = Self()
    options.fsync = false
    // Every suite has pools of its own, and they all run at once.
    options.maxConnections = 400
    options.sharedBuffersMegabytes = 32
    options.settings = [("max_wal_size", "512MB"), ("min_wal_size", "80MB")]
    return options
  }
}

extension PostgresConnection {
  func migrate(_ folder: String) throws {
    try PostgresMigrator(directory: folder).up(self)
  }
}

extension Optional where Wrapped: Sendable {
  func asyncMap<R: Sendable>(_ body: (Wrapped) async throws -> R) async rethrows -> R? {
    guard let self else { return nil }
    return try await body(self)
  }
}
