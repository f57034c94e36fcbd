import Access
import ArgumentParser
import Core

struct KeyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key", abstract: "Manage the API keys of sensors and scripts.",
    subcommands: [Create.self, List.self, Revoke.self])

  struct Create: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Create an API key and print it, once.")
    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions
    @Option(help: "The organization's slug.")
    var org: String
    @Option(help: "What the key is for.")
    var name: String
    @Option(help: "Scopes, separated by commas, such as events:write,incidents:read.")
    var scopes = "events:write"
    @Option(
      help: """
        How many requests a minute it may make: low (60), standard (300), high (1,000), highest \
        (10,000) or unlimited, for the installation's own automation. Without it the organization's \
        policy decides.
        """)
    var tier: String?

    func run() async throws {
      guard let scopes = ScopeSet(names: scopes.split(separator: ",").map { String($0).trimmed })
      else {
        let known = Scope.allCases.map(\.rawValue).joined(separator: ", ")
        throw CommandError(.usage, "--scopes names no known scope: choose of \(known)")
      }
      let tier = try tier.map { name in
        guard let tier = RateTier(name: name) else {
          let known = RateTier.allCases.map(\.name).joined(separator: ", ")
          throw CommandError(.usage, "--tier must be one of \(known)")
        }
        return tier
      }
      let (key, text) = try await options.withAdministration { administration in
        let organization = try await administration.required(org)
        let made = try await administration.createKey(
          in: organization.id, name: name, scopes: scopes, tier: tier)
        try await administration.noteCommand(
          "create_key", .init(type: "keys", id: "\(made.key.id)"), of: organization.id)
        return made
      }
      try output.print(
        NewKeyRow(id: "\(key.id)", name: key.name, scopes: key.scopes.names, key: text.reveal()),
        text: text.reveal())
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List an organization's keys.")
    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions
    @Option(help: "The organization's slug.")
    var org: String

    func run() async throws {
      let keys = try await options.withAdministration { administration in
        try await administration.keys(of: try await administration.required(org).id)
      }
      let lines = keys.map { key in
        "\(key.id)\t\(key.revokedAt == nil ? "active" : "revoked")\t\(key.name)"
      }
      try output.print(keys.map(KeyRow.init), text: lines.joined(separator: "\n"))
    }
  }

  struct Revoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Revoke a key; every node refuses it within a second.")
    @OptionGroup var options: ConfigurationOptions
    @Option(help: "The organization's slug.")
    var org: String
    @Argument(help: "The key's id: the part between hk_ and the dot.")
    var id: String

    func run() async throws {
      guard let key = APIKeyID(rawValue: id) else {
        throw CommandError(.usage, "\(id) is not a key's id")
      }
      try await options.withAdministration { administration in
        let organization = try await administration.required(org)
        try await administration.revokeKey(key, in: organization.id)
        try await administration.noteCommand(
          "revoke_key", .init(type: "keys", id: id), of: organization.id)
      }
      Terminal().say("revoked \(id)")
    }
  }
}

private struct NewKeyRow: Encodable {
  var id: String
  var name: String
  var scopes: [String]
  var key: String
}

private struct KeyRow: Encodable {
  var id: String
  var name: String
  var scopes: [String]
  var createdAt: String
  var expiresAt: String?
  var revokedAt: String?
  var lastUsedAt: String?

  init(_ key: APIKey) {
    id = "\(key.id)"
    name = key.name
    scopes = key.scopes.names
    createdAt = key.createdAt.description
    expiresAt = key.expiresAt?.description
    revokedAt = key.revokedAt?.description
    lastUsedAt = key.lastUsedAt?.description
  }
}
