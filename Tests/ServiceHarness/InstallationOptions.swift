internal import PrivateServers

/// What an installation of the tests is made of.
public struct InstallationOptions: Sendable {
  /// Processes of the service on the same PostgreSQL and Redis.
  public var nodes: Int
  /// Rule files and folders, as `HARRIER_RULES` takes them.
  public var rules: String
  /// Whether PostgreSQL waits for the disk. What a killed process wrote is there without it, so only a
  /// crash of the machine tells the difference, and a recovery is seconds faster.
  public var fsync: Bool
  /// More settings of every node, by their names in the environment.
  public var settings: [String: String]

  public init(
    nodes: Int = 1, rules: String = Checkout.rules, fsync: Bool = true,
    settings: [String: String] = [:]
  ) {
    self.nodes = nodes
    self.rules = rules
    self.fsync = fsync
    self.settings = settings
  }
}

extension InstallationOptions {
  var postgres: PrivatePostgresOptions {
    var options = PrivatePostgresOptions()
    options.fsync = fsync
    // A process can be killed between the two halves of a page.
    options.settings = [("full_page_writes", "on")]
    return options
  }
}
