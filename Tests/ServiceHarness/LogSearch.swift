internal import Foundation

/// What no log may hold: every credential that the tests use, and texts that stand for the content of
/// events. Each installation's logs, written at the level `trace`, are searched for them at its end.
public enum LogSearch {
  /// Stands in events, comments and filters for what is nobody's business.
  public static let marker = "zq7f3a-marked-content"

  private static let texts = Locked<Set<String>>([marker])

  /// Adds a password, a token or a key: of a key, its secret part.
  public static func remember(_ secret: String) {
    let text = secret.hasPrefix("hk_") ? secret.split(separator: ".").last.map(String.init) : secret
    guard let text, text.utf8.count >= 8, !text.contains("\n") else { return }
    _ = texts.withLock { $0.insert(text) }
  }

  /// Adds what a request proves itself with, and what an answer hands out.
  static func remember(_ request: HTTPRequest) {
    for header in request.headers {
      switch header.name.lowercased() {
      case "authorization":
        header.value.split(separator: " ").dropFirst().forEach { remember(String($0)) }
      case "x-api-key": remember(header.value)
      default: break
      }
    }
  }

  /// - Throws: `HarnessError`, which names the log and the line's number, but not what was found.
  static func check(_ logs: [String], in folder: String) async throws {
    let needles = "\(folder)/needles"
    let lines = texts.withLock { $0.sorted() }.joined(separator: "\n") + "\n"
    try lines.write(toFile: needles, atomically: false, encoding: .utf8)
    for log in logs where FileManager.default.fileExists(atPath: log) {
      let found = try await CommandLineProgram.run(
        CommandLineProgram.find("grep"), ["--fixed-strings", "-n", "-m", "3", "-f", needles, log])
      guard found.status == 1 else {
        let numbers = found.standardOutput.split(separator: "\n").map { $0.prefix { $0 != ":" } }
        throw HarnessError(
          "a log holds a secret or the content of an event: \(log), lines "
            + numbers.joined(separator: ", ") + Self.shown(found.standardOutput))
      }
    }
  }

  /// The message of the first line, which is static text, so that the place in the code is found.
  private static func shown(_ output: String) -> String {
    guard let line = output.split(separator: "\n").first,
      let range = line.firstRange(of: "\"message\":\"")
    else { return "" }
    return ": " + line[range.upperBound...].prefix { $0 != "\"" }.prefix(80)
  }
}
