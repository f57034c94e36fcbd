import ArgumentParser
import Postgres

struct MigrateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "migrate",
    abstract: "Prepare the database, or say what is to be done.",
    subcommands: [Up.self, Plan.self, Status.self],
    defaultSubcommand: Up.self)

  struct Up: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Apply every migration that is pending, each in a transaction of its own.")
    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
      let migrator = PostgresMigrator(
        directory: try ServerConfiguration.migrations(try options.settings()))
      let applied = try await options.withPool { try await migrator.up($0) }
      for migration in applied { print("applied \(migration.title)") }
      if applied.isEmpty { print("nothing to do") }
    }
  }

  struct Plan: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print the migrations that are pending.")
    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
      let migrator = PostgresMigrator(
        directory: try ServerConfiguration.migrations(try options.settings()))
      for migration in try await options.withPool({ try await migrator.plan($0) }) {
        print("pending \(migration.title)")
      }
    }
  }

  struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print every migration and its state.")
    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
      let migrator = PostgresMigrator(
        directory: try ServerConfiguration.migrations(try options.settings()))
      for migration in try await options.withPool({ try await migrator.status($0) }) {
        print("\(migration.title): \(migration.state)")
      }
    }
  }
}

struct VersionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "version", abstract: "Print the version.")

  func run() {
    print(Version.text)
  }
}
