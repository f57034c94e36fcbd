import ArgumentParser
import NIOHTTP1

struct IncidentsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "incidents", abstract: "Read incidents, take them away as files, and verify them.",
    subcommands: [List.self, Show.self, Export.self, Verify.self])

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List incidents, newest first.")
    @OptionGroup var service: ServiceOptions
    @OptionGroup var output: OutputOptions
    @Option(help: "Some of the statuses, with commas between them, or all.")
    var status: String?
    @Option(help: "low, medium, high or critical; several with commas between them.")
    var severity: String?
    @Option(help: "An email, or none.")
    var assignee: String?
    @Option(help: "ip:…, host:… or user:….")
    var entity: String?
    @Option(help: "Words of the title or the reason.")
    var search: String?
    @Option(help: "The most that are listed.")
    var limit = 100

    func run() async throws {
      guard limit > 0 else { throw CommandError(.usage, "--limit must be 1 or more") }
      let client = try service.client()
      let query = [
        ("status", status), ("severity", severity), ("assignee", assignee), ("entity", entity),
        ("q", search),
      ].compactMap { name, value in value.map { "&\(name)=\(PathText.escaped($0))" } }.joined()
      var cursor: String?
      var left = limit
      repeat {
        let next = cursor.map { "&cursor=\(PathText.escaped($0))" } ?? ""
        let response = try await client.ask(
          .GET, "/api/incidents?limit=\(min(left, 500))\(query)\(next)")
        let page = try SnakeJSON.decode(response.body, as: IncidentPage.self)
        for incident in page.incidents {
          print(
            output.json
              ? String(decoding: try SnakeJSON.encode(incident), as: UTF8.self) : incident.line)
        }
        left -= page.incidents.count
        cursor = page.nextCursor
      } while cursor != nil && left > 0
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print one incident as JSON.")
    @OptionGroup var service: ServiceOptions
    @Argument(help: "Its number, such as INC-7, or its id.")
    var incident: String

    func run() async throws {
      let path = "/api/incidents/\(PathText.escaped(incident))"
      print(try await service.client().ask(.GET, path).text)
    }
  }

  struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print an incident as a file with checksums, which `verify` checks.")
    @OptionGroup var service: ServiceOptions
    @Option(help: "json, or md for people.")
    var format = "json"
    @Argument(help: "Its number, such as INC-7, or its id.")
    var incident: String

    func run() async throws {
      let path =
        "/api/incidents/\(PathText.escaped(incident))/export?format=\(PathText.escaped(format))"
      print(try await service.client().ask(.GET, path).text, terminator: "")
    }
  }
}

/// An incident as the service lists it.
private struct IncidentItem: Codable {
  var id: String
  var number: String
  var title: String
  var severity: String
  var status: String
  var verdict: String?
  var assignee: String?
  var eventCount: Int
  var createdAt: String
  var revision: Int

  var line: String {
    [number, createdAt, severity, status, assignee ?? "-", "\(eventCount)", title]
      .joined(separator: "\t")
  }
}

private struct IncidentPage: Decodable {
  var incidents: [IncidentItem]
  var nextCursor: String?
}
