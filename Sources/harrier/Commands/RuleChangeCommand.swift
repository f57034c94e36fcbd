import ArgumentParser
import NIOHTTP1
import SigmaYAML

extension RuleCommand {
  struct Put: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Store the rules of a file, new ones and new versions.",
      discussion: "New rules are stored all or none. Of a rule that exists another version is made."
    )
    @OptionGroup var service: ServiceOptions
    @OptionGroup var output: OutputOptions
    @Option(help: "enabled, disabled or shadow; what each rule has otherwise.")
    var mode: String?
    @Argument(help: "A file of Sigma YAML; - is standard input.")
    var file: String

    private static let headers = [("Content-Type", "application/yaml")]

    func run() async throws {
      let client = try service.client()
      let text = try FileText.read(file == "-" ? "/dev/stdin" : file, limit: 1 << 20)
      let (documents, refusals) = RuleLoader().separate(text: text, file: file)
      guard refusals.isEmpty else {
        throw CommandError(.found, refusals.map { "\($0)" }.joined(separator: "\n"))
      }
      guard !documents.isEmpty else { throw CommandError(.usage, "\(file) holds no rule") }
      let query = mode.map { "?mode=\(PathText.escaped($0))" } ?? ""
      var new: [RuleFileDocument] = []
      var changed: [(document: RuleFileDocument, tag: String)] = []
      for document in documents {
        if let tag = try await client.tag(ofRule: document.id) {
          changed.append((document, tag))
        } else {
          new.append(document)
        }
      }
      if !new.isEmpty {
        let body = new.map(\.text).joined(separator: "---\n")
        let response = try await client.ask(
          .POST, "/api/rules\(query)", headers: Self.headers, body: Array(body.utf8))
        try show(try SnakeJSON.decode(response.body, as: Created.self).rules)
      }
      for (document, tag) in changed {
        let response = try await client.ask(
          .PUT, RulePath.of(document.id) + query,
          headers: Self.headers + [("If-Match", tag)], body: Array(document.text.utf8))
        try show([try SnakeJSON.decode(response.body, as: RuleItem.self)])
      }
    }

    private struct Created: Decodable {
      var rules: [RuleItem]
    }

    private func show(_ rules: [RuleItem]) throws {
      for rule in rules { try output.print(rule, text: rule.line) }
    }
  }

  struct Mode: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Enable or disable a rule, or have it run as a shadow.",
      discussion: "A shadow's detections are kept and counted, but it raises no incident.")
    @OptionGroup var service: ServiceOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The rule's id.")
    var id: String
    @Argument(help: "enabled, disabled or shadow.")
    var mode: String

    func run() async throws {
      let client = try service.client()
      let tag = try await client.requiredTag(ofRule: id)
      let response = try await client.ask(
        .PATCH, RulePath.of(id),
        headers: [("Content-Type", "application/json"), ("If-Match", tag)],
        body: try SnakeJSON.encode(["mode": mode]))
      let rule = try SnakeJSON.decode(response.body, as: RuleItem.self)
      try output.print(rule, text: rule.line)
    }
  }

  struct Delete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "End a rule of the organization's own; its versions stay readable.")
    @OptionGroup var service: ServiceOptions
    @Argument(help: "The rule's id.")
    var id: String

    func run() async throws {
      let client = try service.client()
      let tag = try await client.requiredTag(ofRule: id)
      _ = try await client.ask(.DELETE, RulePath.of(id), headers: [("If-Match", tag)])
      Terminal().say("deleted \(id)")
    }
  }
}

extension APIClient {
  /// Nil where there is no rule of that id.
  fileprivate func tag(ofRule id: String) async throws -> String? {
    let response = try await send(.GET, RulePath.of(id))
    if response.status == 404 { return nil }
    guard response.status == 200, let tag = response.header("ETag") else {
      throw response.failure
    }
    return tag
  }

  fileprivate func requiredTag(ofRule id: String) async throws -> String {
    guard let tag = try await tag(ofRule: id) else {
      throw CommandError(.notFound, "there is no rule \(id)")
    }
    return tag
  }
}
