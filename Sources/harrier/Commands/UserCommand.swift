import Access
import ArgumentParser
import Core

struct UserCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "user", abstract: "Manage the people who log in.", subcommands: [Create.self])

  struct Create: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Create a user.",
      discussion: "The password is read from standard input, so that it is in no shell history.")
    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions
    @Option(help: "The organization's slug.")
    var org: String
    @Option(help: "The login name.")
    var email: String
    @Option(help: "viewer, analyst, lead, admin or operator.")
    var role: String
    @Flag(help: "Read the password's line from standard input (the only way there is).")
    var passwordStdin = false

    func run() async throws {
      guard let role = Role(rawValue: role) else {
        throw CommandError(.usage, "--role must be viewer, analyst, lead, admin or operator")
      }
      guard passwordStdin, let password = readLine(), !password.isEmpty else {
        throw CommandError(
          .usage, "give --password-stdin and one line with the password on standard input")
      }
      let user = try await options.withAdministration { administration in
        let organization = try await administration.required(org)
        let user = try await administration.createUser(
          in: organization.id, email: email, password: Secret(password), role: role)
        try await administration.noteCommand(
          "create_user", .init(type: "users", id: "\(user.id)"), of: organization.id)
        return user
      }
      try output.print(
        UserRow(id: user.id.rawValue, email: "\(user.email)", role: user.role.rawValue),
        text: "created user \(user.email)")
    }
  }
}

private struct UserRow: Encodable {
  var id: Int32
  var email: String
  var role: String
}

extension AccessAdministration {
  /// The organization of that slug, or the error of a command.
  func required(_ slug: String) async throws -> Organization {
    guard let organization = try await organization(slug: slug) else {
      throw CommandError(
        .notFound, "there is no organization \(slug): harrier org create --slug \(slug)")
    }
    return organization
  }
}
