import Access
import Core
import Postgres

/// The demo's organization, administrator and sensor key: made on the first run, kept for later ones.
struct DemoAccounts {
  static let organization = "demo"
  private static let email = "admin@demo.example"

  let files: DemoFiles

  func prepare(_ configuration: ServerConfiguration) async throws -> DemoCredentials {
    let database = PostgresConfiguration(
      conninfo: configuration.databaseURL, applicationName: "harrier-demo")
    let pool = PostgresPool(configuration: database, maxConnections: 2)
    do {
      _ = try await PostgresMigrator(directory: configuration.migrations).up(pool)
      let access = try await AccessControl(pool: pool, listening: database)
      let credentials = try await credentials(access.administration)
      await pool.shutdown()
      return credentials
    } catch {
      await pool.shutdown()
      throw error
    }
  }

  private func credentials(_ administration: AccessAdministration) async throws -> DemoCredentials {
    let known = try await administration.organization(slug: Self.organization)
    if known != nil, let kept = try DemoCredentials.read(files.credentials) { return kept }
    let organization =
      if let known { known } else {
        try await administration.createOrganization(slug: Self.organization, name: "Demo")
      }
    let password = RandomText.letters(20)
    if try await !administration.users(of: organization.id).contains(where: {
      "\($0.email)" == Self.email
    }) {
      _ = try await administration.createUser(
        in: organization.id, email: Self.email, password: Secret(password), role: .admin)
    } else {
      throw CommandError(
        .notFound, "\(files.credentials) is gone, and with it the demo's password: use --reset")
    }
    let key = try await administration.createKey(
      in: organization.id, name: "demo sensor",
      scopes: [.eventsWrite, .eventsRead, .incidentsRead, .incidentsWrite, .operate])
    let credentials = DemoCredentials(
      email: Self.email, password: password, sensorKey: key.text.reveal())
    try credentials.write(to: files.credentials)
    return credentials
  }
}

enum RandomText {
  /// Letters and digits from the system's random source, without those that look alike.
  static func letters(_ count: Int) -> String {
    let alphabet = Array("abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789")
    var source = SystemRandomNumberGenerator()
    return String((0..<count).map { _ in alphabet.randomElement(using: &source) ?? "x" })
  }
}
