import Access
import Postgres
import Tenancy

extension PostgresConfiguration {
  /// For all that has no connections of its own.
  ///
  /// - Parameter seconds: the server ends a transaction whose node falls silent for so long, so that a
  ///   node that stands still does not hold the locks that the others wait for.
  static func forService(_ conninfo: String, silence seconds: Int) -> PostgresConfiguration {
    PostgresConfiguration(
      conninfo: conninfo, applicationName: "harrier", settings: [bound(silence: seconds)])
  }

  /// For tenants' queries, under row-level security. The planner's estimate of a busy address is far too
  /// low, and a sort of all its events is what it then chooses.
  ///
  /// - Parameter ownLogin: whether `conninfo` logs in as a role that is under row-level security by
  ///   itself; else the session takes on the role of tenants.
  static func forQueries(
    _ conninfo: String, ownLogin: Bool, silence seconds: Int
  ) -> PostgresConfiguration {
    var settings = [
      (name: "enable_sort", value: "off"), (name: "jit", value: "off"),
      (name: "plan_cache_mode", value: "force_custom_plan"), bound(silence: seconds),
    ]
    if !ownLogin { settings.append((name: "role", value: TenantPool.role)) }
    return PostgresConfiguration(
      conninfo: conninfo, applicationName: "harrier-query", statementTimeoutMilliseconds: 10_000,
      settings: settings)
  }

  /// What another node has under way under the same key, and does not end, is waited for a second: the
  /// sender then tries again, and the writer has time for others.
  static func forWriters(_ conninfo: String, silence seconds: Int) -> PostgresConfiguration {
    PostgresConfiguration(
      conninfo: conninfo, applicationName: "harrier-writer", statementTimeoutMilliseconds: 30_000,
      settings: [bound(silence: seconds), (name: "lock_timeout", value: "1s")])
  }

  private static func bound(silence seconds: Int) -> (name: String, value: String) {
    (name: "idle_in_transaction_session_timeout", value: "\(seconds)s")
  }
}

extension ServerConfiguration {
  var access: AccessConfiguration {
    var access = AccessConfiguration()
    if let tokenSecret { access.signingKey = .configured(Secret(Array(tokenSecret.utf8))) }
    access.secretKeys = secretKeys
    return access
  }
}
