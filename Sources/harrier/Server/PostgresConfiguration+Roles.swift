import Access
import Postgres

extension PostgresConfiguration {
  /// For analysts' queries: the planner's estimate of a busy address is far too low, and a sort of all
  /// its events is what it then chooses.
  static func forQueries(_ conninfo: String) -> PostgresConfiguration {
    PostgresConfiguration(
      conninfo: conninfo, applicationName: "harrier-query", statementTimeoutMilliseconds: 10_000,
      settings: [
        (name: "enable_sort", value: "off"), (name: "jit", value: "off"),
        (name: "plan_cache_mode", value: "force_custom_plan"),
      ])
  }

  static func forWriters(_ conninfo: String) -> PostgresConfiguration {
    PostgresConfiguration(
      conninfo: conninfo, applicationName: "harrier-writer", statementTimeoutMilliseconds: 30_000)
  }
}

extension ServerConfiguration {
  var access: AccessConfiguration {
    var access = AccessConfiguration()
    if let tokenSecret { access.signingKey = .configured(Secret(Array(tokenSecret.utf8))) }
    return access
  }
}
