internal import Foundation
internal import ServiceHarness
internal import Testing

/// The commands that read incidents and verify what was taken away.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct IncidentCommandTests {
  @Test("an exported incident verifies without a database, and a changed one does not")
  func exportAndVerify() async throws {
    try await Installation.with { installation in
      let office = try await RuleOffice(installation, "ours")
      let json = [(name: "Content-Type", value: "application/json")]
      let made = try await office.json(
        "POST", "/api/incidents", json, body: #"{"reason":"seen by \"hand\" é"}"#, expecting: 201)
      guard case .string(let number)? = made.at("/number") else {
        Issue.record("the incident has no number")
        return
      }
      _ = try await office.send(
        "POST", "/api/incidents/\(number)/comments", json, body: #"{"text":"odd\tone"}"#,
        expecting: 201)
      let service = [
        "--url", "http://127.0.0.1:\(installation.port)", "--key", office.key,
      ]
      let listed = try await installation.command(["incidents", "list"] + service)
      #expect(listed.hasPrefix("\(number)\t"))
      for format in ["json", "md"] {
        let text = try await installation.command(
          ["incidents", "export", number, "--format", format] + service)
        let file = FileManager.default.temporaryDirectory
          .appending(path: "incident-\(UInt32.random(in: 0 ... .max)).\(format)")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(text.utf8).write(to: file)
        let verified = try await installation.command(["incidents", "verify", file.path])
        #expect(verified.hasPrefix("ok\t"))
        try Data(text.replacing("odd", with: "old").utf8).write(to: file)
        await #expect(throws: HarnessError.self) {
          try await installation.command(["incidents", "verify", file.path])
        }
      }
      let whole = try await installation.command(["incidents", "verify", "--org", "ours"])
      #expect(whole.hasPrefix("ok\t2 entries"))
      await #expect(throws: HarnessError.self) {
        try await installation.command(["incidents", "verify", "--org", "nobody"])
      }
      await #expect(throws: HarnessError.self) {
        try await installation.command(["incidents", "verify"])
      }
    }
  }
}
