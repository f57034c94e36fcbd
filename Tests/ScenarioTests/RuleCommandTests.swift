internal import Foundation
internal import ServiceHarness
internal import Testing

/// The commands that speak to a service about rules.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct RuleCommandTests {
  @Test("put, list, show, mode, test and delete do over HTTP what they say")
  func commands() async throws {
    try await Installation.with { installation in
      let office = try await RuleOffice(installation, "ours")
      let desk = Desk(installation: installation, key: office.key)
      let file = FileManager.default.temporaryDirectory
        .appending(path: "rule-\(UInt32.random(in: 0 ... .max)).yml")
      defer { try? FileManager.default.removeItem(at: file) }
      func write(_ user: String) throws {
        try Data(RuleOffice.rule("door", user: user).utf8).write(to: file)
      }
      try write("door")
      try await office.post(RuleOffice.logins("door", count: 3))
      let tried = try await desk.run(["test", file.path])
      #expect(tried.contains("events\t3 read, 3 matched, 0 unreadable"))
      #expect(tried.contains("incidents\t1"))

      #expect(try await desk.run(["put", file.path]).hasPrefix("door\tv1\tenabled\tdetection"))
      try write("window")
      #expect(
        try await desk.run(["put", file.path, "--mode", "shadow"]).hasPrefix("door\tv2\tshadow"))
      #expect(try await desk.run(["show", "door"]).contains("user: window"))
      #expect(try await desk.run(["show", "door", "--version", "1"]).contains("user: door"))
      let list = try await desk.run(["list", "--search", "logins of window", "--json"])
      let rule = try JSONValue(parsing: Array(list.utf8))
      #expect(rule.at("/id") == .string("door"))
      #expect(rule.at("/version") == .number(2))
      let against = try await desk.run(["test", "door", "--against", "1", "--json"])
      let report = try JSONValue(parsing: Array(against.utf8))
      #expect(report.at("/report/comparison/events/lost") == .number(3))
      #expect(try await desk.run(["mode", "door", "enabled"]).contains("\tenabled\t"))
      #expect(try await desk.run(["delete", "door"]) == "")
      #expect(try await desk.run(["list", "--search", "logins of window"]) == "")
    }
  }

  @Test("what goes wrong has the exit code that scripts read")
  func exitCodes() async throws {
    try await Installation.with { installation in
      let office = try await RuleOffice(installation, "ours")
      let desk = Desk(installation: installation, key: office.key)
      #expect(await desk.failure(["show", "none"])?.contains("exited with 4") == true)
      #expect(await desk.failure(["mode", "none", "enabled"])?.contains("exited with 4") == true)
      #expect(await desk.failure(["test", "none"])?.contains("exited with 4") == true)
      #expect(
        await desk.failure(["test", "none", "--from", "soon"])?.contains("exited with 2") == true)
      #expect(await desk.failure(["list", "--kind", "rule"])?.contains("exited with 2") == true)
      let stranger = Desk(installation: installation, key: "hk_0123456789abcdef.AAAA")
      #expect(await stranger.failure(["list"])?.contains("exited with 3") == true)
      let nobody = "http://127.0.0.1:1"
      #expect(await desk.failure(["list"], url: nobody)?.contains("exited with 75") == true)
      #expect(await desk.failure(["list"], url: "ftp://x")?.contains("exited with 2") == true)
    }
  }

  private struct Desk {
    let installation: Installation
    let key: String

    func run(_ arguments: [String], url: String? = nil) async throws -> String {
      let service = url ?? "http://127.0.0.1:\(installation.port)"
      return try await installation.command(
        ["rule"] + arguments + ["--url", service, "--key", key])
    }

    func failure(_ arguments: [String], url: String? = nil) async -> String? {
      do {
        _ = try await run(arguments, url: url)
        return nil
      } catch {
        return "\(error)"
      }
    }
  }
}
