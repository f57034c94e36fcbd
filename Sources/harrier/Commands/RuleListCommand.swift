import ArgumentParser
import NIOHTTP1

extension RuleCommand {
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the rules that the organization sees.")
    @OptionGroup var service: ServiceOptions
    @OptionGroup var output: OutputOptions
    @Option(help: "detection, correlation or filter; several with commas between them.")
    var kind: String?
    @Option(help: "enabled, disabled or shadow; several with commas between them.")
    var mode: String?
    @Option(help: "id, title, -cost or -detections.")
    var sort: String?
    @Option(help: "What the title or the id holds.")
    var search: String?

    func run() async throws {
      let client = try service.client()
      let query = [("kind", kind), ("mode", mode), ("sort", sort), ("q", search)]
        .compactMap { name, value in value.map { "&\(name)=\(PathText.escaped($0))" } }.joined()
      var cursor: String?
      repeat {
        let next = cursor.map { "&cursor=\(PathText.escaped($0))" } ?? ""
        let response = try await client.ask(.GET, "/api/rules?limit=500\(query)\(next)")
        let page = try SnakeJSON.decode(response.body, as: RulePage.self)
        if output.json {
          for rule in page.rules {
            print(String(decoding: try SnakeJSON.encode(rule), as: UTF8.self))
          }
        } else {
          for rule in page.rules { print(rule.line) }
        }
        cursor = page.nextCursor
      } while cursor != nil
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print a rule as it is in force, or a former version of it.")
    @OptionGroup var service: ServiceOptions
    @OptionGroup var output: OutputOptions
    @Option(help: "A version; the one in force otherwise.")
    var version: Int?
    @Argument(help: "The rule's id.")
    var id: String

    func run() async throws {
      let query = version.map { "?version=\($0)" } ?? ""
      let response = try await service.client().ask(.GET, RulePath.of(id) + query)
      guard !output.json else {
        print(response.text)
        return
      }
      let rule = try SnakeJSON.decode(response.body, as: RuleItem.self)
      Terminal().say(rule.line)
      print(rule.source ?? "", terminator: "")
    }
  }
}

/// A rule as the service shows it.
struct RuleItem: Codable {
  struct Cost: Codable {
    var nsPerEvent: Double?
    var detections: Int?
  }

  var id: String
  var version: Int
  var kind: String
  var title: String
  var level: String?
  var mode: String
  var base: Bool
  var cost: Cost?
  var stateBytes: Int?
  var refusal: String?
  var source: String?

  var line: String {
    [
      id, "v\(version)", mode, kind, level ?? "-", base ? "base" : "own",
      refusal.map { "\(title) (does not run: \($0))" } ?? title,
    ].joined(separator: "\t")
  }
}

private struct RulePage: Decodable {
  var rules: [RuleItem]
  var nextCursor: String?
}

enum RulePath {
  static func of(_ id: String) -> String { "/api/rules/\(PathText.escaped(id))" }
}

enum PathText {
  /// All but the unreserved characters of a URI escaped (RFC 3986 §2.3).
  static func escaped(_ text: String) -> String {
    text.utf8.map { byte in
      let character = Character(Unicode.Scalar(byte))
      if character.isASCII, character.isLetter || character.isNumber || "-._~".contains(character) {
        return String(character)
      }
      let digits = String(byte, radix: 16, uppercase: true)
      return digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
    }.joined()
  }
}
