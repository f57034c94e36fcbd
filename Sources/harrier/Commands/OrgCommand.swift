import Access
import ArgumentParser
import Core

struct OrgCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "org", abstract: "Manage organizations.", subcommands: [Create.self, List.self])

  struct Create: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Create an organization.")
    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions
    @Option(help: "Its name in commands: lower-case letters, digits and hyphens.")
    var slug: String
    @Option(help: "Its name for people; the slug if none is given.")
    var name: String?

    func run() async throws {
      let made = try await options.withAdministration { administration in
        let made = try await administration.createOrganization(slug: slug, name: name ?? slug)
        try await administration.noteCommand(
          "create_organization", .init(type: "organization", id: made.slug), of: made.id)
        return made
      }
      try output.print(OrganizationRow(made), text: "created organization \(made.slug)")
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the organizations.")
    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let all = try await options.withAdministration { try await $0.organizations() }
      try output.print(
        all.map(OrganizationRow.init),
        text: all.map { "\($0.slug)\t\($0.name)" }.joined(separator: "\n"))
    }
  }
}

private struct OrganizationRow: Encodable {
  var id: Int32
  var slug: String
  var name: String
  var createdAt: String

  init(_ organization: Organization) {
    id = organization.id.rawValue
    slug = organization.slug
    name = organization.name
    createdAt = organization.createdAt.description
  }
}
