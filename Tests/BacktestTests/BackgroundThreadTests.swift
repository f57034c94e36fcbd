import Foundation
import Testing

@testable import Backtest

@Suite struct BackgroundThreadTests {
  /// The nice value of the thread that asks (proc(5), /proc/pid/stat, field 19), and its name.
  private static func thread() throws -> (name: Substring, nice: Int?) {
    let stat = try String(contentsOfFile: "/proc/thread-self/stat", encoding: .utf8)
    let end = try #require(stat.lastIndex(of: ")"))
    let start = try #require(stat.firstIndex(of: "("))
    let fields = stat[end...].split(separator: " ").dropFirst()
    return (stat[start..<end].dropFirst(), fields.dropFirst(16).first.flatMap { Int($0) })
  }

  @Test func workRunsOnAThreadOfLowPriority() async throws {
    let seen = await withTaskExecutorPreference(BackgroundThread.tests) {
      await Self.look()
    }
    let (name, nice) = try seen.get()
    #expect(name == "backtest")
    #expect(nice == 15)
  }

  @concurrent
  private static func look() async -> Result<(name: Substring, nice: Int?), any Error> {
    await Task.yield()
    return Result { try thread() }
  }
}
