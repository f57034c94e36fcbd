internal import Foundation
internal import Testing

/// One numbered file: requests in order, and what must come back.
struct Scenario: Decodable, Sendable, CustomTestStringConvertible {
  /// The file's name without its extension: `0301-wrong-key`.
  var name = ""
  /// What the service promises here, as a sentence.
  var promise: String
  var steps: [ScenarioStep]

  var testDescription: String { name }

  private enum CodingKeys: String, CodingKey {
    case promise, steps
  }

  /// All files, by number.
  static let all: Result<[Scenario], any Error> = Result {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Scenarios")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    return try files.filter { $0.hasSuffix(".json") }.sorted().map { file in
      do {
        let data = try Data(contentsOf: folder.appending(path: file))
        var scenario = try JSONDecoder().decode(Scenario.self, from: data)
        scenario.name = String(file.dropLast(5))
        return scenario
      } catch {
        throw ScenarioError("\(file): \(error)")
      }
    }
  }
}

struct ScenarioError: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) {
    self.description = description
  }
}
