import Glibc
import TestServers
import Testing

@testable import PrivateServers

@Suite struct PartsTests {
  @Test func aMissingProgramNamesTheLineThatInstallsIt() {
    let error = #expect(throws: PrivateServerError.self) {
      try ProgramFinder.find("no-such-program", package: "some-package")
    }
    #expect(error?.code == .missingProgram)
    #expect(
      error?.message == "no-such-program is not installed: run `sudo apt install some-package`")
  }

  @Test func answersOfAServerAreUnderstood() {
    let authentication: [UInt8] = [82, 0, 0, 0, 8, 0, 0, 0, 0]
    let ready: [UInt8] = [90, 0, 0, 0, 5, 73]
    #expect(PostgresProbe.verdict([]) == nil)
    #expect(PostgresProbe.verdict(authentication) == nil)
    #expect(PostgresProbe.verdict(authentication + ready) == .ready)
    #expect(PostgresProbe.verdict(authentication + ready.dropLast()) == nil)
    #expect(PostgresProbe.verdict([82, 0, 0, 0, 0]) == .notReady, "a length that can't be")
    for (state, verdict) in [
      ("57P03", PostgresProbe.notReady), ("3D000", .noDatabase), ("28000", .refused("28000")),
    ] {
      let fields = Array("SFATAL\0C\(state)\0Mtext\0\0".utf8)
      #expect(
        PostgresProbe.verdict(authentication + [69, 0, 0, 0, UInt8(fields.count + 4)] + fields)
          == verdict)
    }
  }

  @Test func endpointsAreQuoted() {
    let endpoint = PrivatePostgresEndpoint(
      socketFolder: "/a b/it's\\", user: "harrier", database: "d&1")
    #expect(
      endpoint.conninfo == #"host='/a b/it\'s\\' port=5432 user='harrier' dbname='d&1'"#)
    #expect(
      endpoint.url == "postgresql://harrier@/d%261?host=%2Fa%20b%2Fit%27s%5C&port=5432")
  }

  @Test func pathsBecomeAbsolute() throws {
    #expect(try ServerFolder.absolute("/nonexistent/x/") == "/nonexistent/x")
    #expect(try ServerFolder.absolute("/tmp/../tmp") == "/tmp")
    #expect(try ServerFolder.absolute("nonexistent").hasPrefix("/"))
  }

  @Test func linksAreRemovedButNotFollowed() throws {
    let folder = try TemporaryFolder("tree")
    let kept = try TemporaryFolder("kept")
    defer { kept.remove() }
    mkdir("\(folder.path)/a", 0o700)
    symlink(kept.path, "\(folder.path)/a/link")
    folder.remove()
    #expect(!ServerFolder.exists(folder.path) && ServerFolder.exists(kept.path))
  }

  @Test func aProgramThatCannotBeStartedIsAnError() throws {
    let command = ServerProcess.Command(
      program: "/nonexistent", arguments: [], folder: "/", output: 2,
      account: ServerAccount(name: "", user: 0, group: 0, groups: [], isAnother: false))
    let error = #expect(throws: PrivateServerError.self) { try ServerProcess.spawn(command) }
    #expect(error?.message == "/nonexistent can't be started: no such file or directory")
  }

  @Test func theChildHasNoDescriptorOfOursAndAStatus() async throws {
    let folder = try TemporaryFolder("spawn")
    defer { folder.remove() }
    let log = try ServerFolder.openLog("\(folder.path)/log")
    defer { close(log) }
    let leaked = dup(log)
    defer { close(leaked) }
    let process = try ServerProcess.spawn(
      ServerProcess.Command(
        program: "/bin/sh", arguments: ["-c", "ls /proc/self/fd | wc -l; pwd; exit 7"],
        folder: folder.path, output: log,
        account: ServerAccount(name: "", user: 0, group: 0, groups: [], isAnother: false)))
    #expect(await process.waitForExit(.seconds(30)) == 7)
    // Standard input, output, error and the folder that ls reads.
    #expect(ServerFolder.read("\(folder.path)/log") == "4\n\(folder.path)\n")
  }
}
