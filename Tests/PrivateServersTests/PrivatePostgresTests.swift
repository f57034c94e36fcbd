import Glibc
import Postgres
import PrivateServers
import TestServers
import Testing

@Suite struct PrivatePostgresTests {
  private static let one = PostgresStatement("test.one", "select 1")

  private func withFolder(
    _ label: String, _ body: (String) async throws -> Void
  ) async throws {
    let folder = try TemporaryFolder(label)
    defer { folder.remove() }
    try await body(folder.path)
  }

  private func ask(
    _ conninfo: String, _ sql: String = "select current_database()"
  ) async throws -> [String] {
    let connection = try await PostgresConnection.connect(PostgresConfiguration(conninfo: conninfo))
    return try await connection.texts(sql)
  }

  private func started(
    _ folder: String, _ change: (inout PrivatePostgresOptions) -> Void = { _ in },
    _ body: (PrivatePostgres, PrivatePostgresEndpoint) async throws -> Void
  ) async throws {
    var options = PrivatePostgresOptions.forTests
    change(&options)
    let server = try PrivatePostgres(directory: folder, options: options)
    let endpoint = try await server.start()
    do {
      try await body(server, endpoint)
    } catch {
      await server.kill()
      throw error
    }
    await server.kill()
  }

  @Test func theFirstStartMakesClusterAndDatabase() async throws {
    try await withFolder("pg") { folder in
      try await started("\(folder)/deep/down") { server, endpoint in
        #expect(try await ask(endpoint.conninfo) == ["harrier"])
        #expect(try await ask(endpoint.url) == ["harrier"])
        #expect(try await ask(endpoint.conninfo, "show server_encoding") == ["UTF8"])
        #expect(try await ask(endpoint.conninfo, "show listen_addresses") == [""])
        #expect(await server.pid != nil)
        try await server.stop()
        #expect(await server.pid == nil)
      }
    }
  }

  @Test func settingsCanBeGiven() async throws {
    try await withFolder("pg") { folder in
      try await started(
        "\(folder)/pg",
        {
          $0.fsync = true
          $0.database = "other"
          $0.user = "somebody"
          $0.settings = [("work_mem", "7MB"), ("max_wal_size", "200MB")]
        },
        { (_, endpoint) async throws in
          #expect(try await ask(endpoint.conninfo, "show work_mem") == ["7MB"])
          #expect(try await ask(endpoint.conninfo, "show max_wal_size") == ["200MB"])
          #expect(try await ask(endpoint.conninfo, "show fsync") == ["on"])
          #expect(
            try await ask(endpoint.conninfo, "show log_parameter_max_length_on_error") == ["0"])
          #expect(try await ask(endpoint.conninfo, "select current_user::text") == ["somebody"])
          #expect(try await ask(endpoint.conninfo) == ["other"])
        })
    }
  }

  @Test func dataOutlastsStopAndKill() async throws {
    try await withFolder("pg") { folder in
      try await started("\(folder)/pg") { server, endpoint in
        let connection = try await PostgresConnection.connect(
          PostgresConfiguration(conninfo: endpoint.conninfo))
        try await connection.executeScript("create table t (a text); insert into t values ('x')")
        await server.kill()
        _ = try await server.start()
        #expect(try await ask(endpoint.conninfo, "select a from t") == ["x"])
        let again = try await server.restart()
        #expect(again == endpoint)
        #expect(try await ask(endpoint.conninfo, "select a from t") == ["x"])
      }
    }
  }

  @Test func aSecondServerOnTheFolderIsRefused() async throws {
    try await withFolder("pg") { folder in
      try await started("\(folder)/pg") { server, endpoint in
        await #expect(throws: PrivateServerError.self) { try await server.start() }
        let second = try PrivatePostgres(directory: "\(folder)/pg", options: .forTests)
        let error = await #expect(throws: PrivateServerError.self) { try await second.start() }
        #expect(error?.code == .alreadyRunning)
        #expect(try await ask(endpoint.conninfo) == ["harrier"])
      }
    }
  }

  @Test func aRunningServerCanBeAdoptedAndStopped() async throws {
    try await withFolder("pg") { folder in
      try await started("\(folder)/pg", { $0.isDetached = true }) { (_, endpoint) async throws in
        let other = try PrivatePostgres(directory: "\(folder)/pg", options: .forTests)
        #expect(try await other.adopt() == endpoint)
        try await other.stop()
        #expect(try await other.adopt() == nil)
        await #expect(throws: PostgresError.self) { try await ask(endpoint.conninfo) }
      }
    }
  }

  @Test(arguments: [
    "with space", "it's quoted\\", "a,b", "é",
    String(repeating: "a-path-that-is-too-long-for-a-socket/", count: 4) + "pg",
  ])
  func anyFolderWillDo(_ name: String) async throws {
    try await withFolder("pg") { folder in
      try await started("\(folder)/\(name)") { server, endpoint in
        #expect(endpoint.socketPath.utf8.count <= 107)
        #expect(try await ask(endpoint.conninfo) == ["harrier"])
        #expect(try await ask(endpoint.url) == ["harrier"])
        try await server.stop()
        let again = try await server.start()
        #expect(try await ask(again.conninfo) == ["harrier"])
        try await server.stop()
        let isGone = access(again.socketPath, F_OK) != 0
        #expect(isGone)
      }
    }
  }

  @Test(.enabled(if: geteuid() == 0, "only root runs the server as another user"))
  func aFolderBelowAPrivateOneWillDoForRoot() async throws {
    try await withFolder("pg") { folder in
      chmod(folder, 0o700)
      try await started("\(folder)/pg") { (_, endpoint) async throws in
        #expect(try await ask(endpoint.conninfo) == ["harrier"])
      }
    }
  }

  @Test func whatAnInterruptedFirstStartLeftIsMadeAnew() async throws {
    try await withFolder("pg") { folder in
      for path in ["\(folder)/pg", "\(folder)/pg/data", "\(folder)/pg/data/base"] {
        mkdir(path, 0o700)
      }
      try await started("\(folder)/pg") { (_, endpoint) async throws in
        #expect(try await ask(endpoint.conninfo) == ["harrier"])
      }
    }
  }

  @Test func aServerThatCannotStartSaysWhy() async throws {
    try await withFolder("pg") { folder in
      var options = PrivatePostgresOptions.forTests
      options.settings.append(("shared_buffers", "nonsense"))
      let server = try PrivatePostgres(directory: "\(folder)/pg", options: options)
      let error = await #expect(throws: PrivateServerError.self) { try await server.start() }
      #expect(error?.code == .startFailed)
      #expect(error?.message.contains("shared_buffers") == true)
      #expect(await server.pid == nil)
    }
  }
}

extension PostgresConnection {
  func texts(_ sql: String) throws -> [String] {
    try query(PostgresStatement("test.texts", sql)) { try $0.text(0) }
  }
}
