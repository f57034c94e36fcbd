import TestServers
import Testing

@Suite struct SharedRedisTests {
  @Test func theSharedServerAnswers() async throws {
    let redis = try await SharedRedis.shared()
    #expect(redis.socketPath.hasPrefix("/"))
  }
}
