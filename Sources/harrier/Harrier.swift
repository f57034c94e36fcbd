import ArgumentParser

/// The program: each verb is a command of its own.
@main
struct Harrier: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "harrier",
    abstract: "Takes security events, keeps them, and raises incidents by Sigma rules.",
    discussion: """
      EXAMPLES
        harrier demo                     try it: private servers and a replayed attack
        harrier migrate up               prepare a database
        harrier serve                    run, configured by HARRIER_* variables
        harrier rule check ops/rules     say which rules would be refused, and why

      EXIT CODES
        0 ok   1 a check found something   2 usage   3 credentials   4 not found
        69 a needed program or service is missing   70 our bug   75 try again
      """,
    version: Version.text,
    subcommands: [
      DemoCommand.self, ServeCommand.self, MigrateCommand.self, OrgCommand.self, UserCommand.self,
      KeyCommand.self, RuleCommand.self, IncidentsCommand.self, VersionCommand.self,
    ])

  static func main() async {
    do {
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch let error as CommandError {
      Terminal().say("harrier: \(error)")
      Platform.exit(error.code.rawValue)
    } catch let error as ExitCode {
      Platform.exit(error.rawValue)
    } catch {
      let code = exitCode(for: error)
      guard code == .validationFailure || code == .success else {
        Terminal().say("harrier: \(error)")
        Platform.exit(CommandError.Code.bug.rawValue)
      }
      let text = fullMessage(for: error)
      if code == .success { print(text) } else { Terminal().say(text) }
      Platform.exit(code == .success ? 0 : CommandError.Code.usage.rawValue)
    }
  }
}
