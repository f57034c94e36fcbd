/// How to reach a server and which settings a session starts with.
public struct PostgresConfiguration: Sendable {
  /// A libpq connection string: `host=/run/harrier user=harrier dbname=harrier` or a
  /// `postgresql://` URL. It may hold a password, so it is never printed.
  public var conninfo: String
  /// What `pg_stat_activity` shows.
  public var applicationName: String
  /// The server ends a statement that takes longer; 0 turns that off.
  public var statementTimeoutMilliseconds: Int
  /// Server settings of every session, such as `("enable_sort", "off")`.
  public var settings: [(name: String, value: String)]
  /// libpq takes at least 2 seconds.
  public var connectTimeoutSeconds: Int

  public init(
    conninfo: String, applicationName: String = "harrier",
    statementTimeoutMilliseconds: Int = 30_000, settings: [(name: String, value: String)] = [],
    connectTimeoutSeconds: Int = 5
  ) {
    self.conninfo = conninfo
    self.applicationName = applicationName
    self.statementTimeoutMilliseconds = statementTimeoutMilliseconds
    self.settings = settings
    self.connectTimeoutSeconds = connectTimeoutSeconds
  }
}

extension PostgresConfiguration: CustomStringConvertible, CustomReflectable {
  public var description: String { "PostgresConfiguration(\(applicationName))" }

  public var customMirror: Mirror {
    Mirror(self, children: ["applicationName": applicationName])
  }
}
