import Access
import ArgumentParser
import Postgres

/// Where the configuration comes from; the same for every command that needs the database.
struct ConfigurationOptions: ParsableArguments {
  @Option(help: "A file of HARRIER_NAME=value lines; the environment goes before it.")
  var config: String?

  @Option(help: "PostgreSQL, as a URL or a libpq connection string (HARRIER_DATABASE_URL).")
  var databaseURL: String?

  func settings(flags: [String: String?] = [:]) throws -> Settings {
    var flags = flags
    flags["HARRIER_DATABASE_URL"] = databaseURL
    return try Settings.load(file: config, flags: flags.compactMapValues { $0 })
  }

  /// Opens a small pool for one command, and closes it behind `body`.
  func withPool<R: Sendable>(_ body: (PostgresPool) async throws -> R) async throws -> R {
    let url = try settings().required("HARRIER_DATABASE_URL", "a PostgreSQL URL")
    let pool = PostgresPool(
      configuration: PostgresConfiguration(conninfo: url, applicationName: "harrier-command"),
      maxConnections: 2)
    do {
      let result = try await body(pool)
      await pool.shutdown()
      return result
    } catch {
      await pool.shutdown()
      throw CommandError.wrapping(error)
    }
  }

  /// The functions that manage organizations, users and keys.
  func withAdministration<R: Sendable>(
    _ body: (AccessAdministration) async throws -> R
  ) async throws -> R {
    try await withPool { pool in
      let url = try settings().required("HARRIER_DATABASE_URL", "a PostgreSQL URL")
      let access = try await AccessControl(
        pool: pool, listening: PostgresConfiguration(conninfo: url))
      return try await body(access.administration)
    }
  }
}

struct OutputOptions: ParsableArguments {
  @Flag(help: "Print JSON.")
  var json = false

  /// Prints a result: `value` as JSON if that was asked for, else `text`.
  func print(_ value: some Encodable, text: String) throws {
    guard json else {
      Swift.print(text)
      return
    }
    Swift.print(String(decoding: try SnakeJSON.encode(value), as: UTF8.self))
  }
}
