import ArgumentParser

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Run the service, configured by HARRIER_* variables, a file and flags.",
    discussion: """
      SETTINGS
        HARRIER_DATABASE_URL      PostgreSQL, as a URL (needed)
        HARRIER_REDIS_URL         Redis, as redis://host:port/0 or unix:///path
        HARRIER_HOST              address to listen on (127.0.0.1)
        HARRIER_PORT              port to listen on (8080)
        HARRIER_ROLES             ingest,api,correlate,maintain (all)
        HARRIER_RULES             rule files and folders, separated by colons (ops/rules)
        HARRIER_INCIDENT_GAP_SECONDS  quiet event time that ends a plain rule's incident (3600),
                                  the same on all nodes
        HARRIER_MAPPINGS          files and folders of your own mappings (JSON), separated by colons
        HARRIER_MIGRATIONS        the folder of migrations
        HARRIER_RETENTION_DAYS    how old an event may be (7300)
        HARRIER_WRITERS           connections that commit events (2)
        HARRIER_LEASE_SECONDS     when a silent node's shards go to other nodes (10)
        HARRIER_CONNECTIONS       connections for everything else (10)
        HARRIER_MAX_BODY_BYTES    bytes of a request's body (33554432)
        HARRIER_MAX_INFLATED_BYTES  bytes of a body once inflated (134217728)
        HARRIER_MEMORY_BYTES      bytes of all batches in memory (536870912)
        HARRIER_HOLD_MS           how long a batch waits for room (5000)
        HARRIER_SLOW_QUERY_MS     statements slower than this are logged (100)
        HARRIER_JWT_SECRET        signs access tokens (a random key, kept in the database)
        HARRIER_LOG_LEVEL         trace to critical (info)
      """)

  @OptionGroup var options: ConfigurationOptions
  @Option(help: "The address to listen on (HARRIER_HOST).") var host: String?
  @Option(help: "The port to listen on (HARRIER_PORT).") var port: String?
  @Option(help: "What this node does, separated by commas (HARRIER_ROLES).") var roles: String?

  func run() async throws {
    let settings = try options.settings(
      flags: ["HARRIER_HOST": host, "HARRIER_PORT": port, "HARRIER_ROLES": roles])
    let configuration = try ServerConfiguration(settings)
    do {
      try await Server(configuration: configuration).run { port in
        Terminal().say("harrier: listening on http://\(configuration.host):\(port)")
      }
    } catch {
      throw CommandError.wrapping(error)
    }
  }
}
