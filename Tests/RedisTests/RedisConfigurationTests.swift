import Testing

@testable import Redis

@Suite struct RedisConfigurationTests {
  @Test(arguments: [
    ("redis://localhost", "redis://localhost:6379/0"),
    ("redis://10.0.0.1:6380/2", "redis://10.0.0.1:6380/2"),
    ("REDIS://[::1]:1/", "redis://[::1]:1/0"), ("redis://[::1]", "redis://[::1]:6379/0"),
    ("redis://:pw@host/1", "redis://host:6379/1"),
    ("unix:///run/redis.sock", "unix:///run/redis.sock?db=0"),
    ("unix://u:p@/run/r%20s.sock?db=4", "unix:///run/r s.sock?db=4"),
  ])
  func reads(url: String, description: String) throws {
    #expect(try RedisConfiguration(url: url).description == description)
  }

  @Test func credentialsAreDecodedAndNotShown() throws {
    let configuration = try RedisConfiguration(url: "redis://ann:s%3Ae%40c:r@host")
    #expect(configuration.username == "ann")
    #expect(configuration.password == "s:e@c:r")
    #expect(!"\(configuration)".contains("s:e"))
    let onlyPassword = try RedisConfiguration(url: "redis://:pw@host")
    #expect(onlyPassword.username == nil && onlyPassword.password == "pw")
  }

  @Test(arguments: [
    "", "localhost", "http://host", "rediss://host", "redis://", "redis://host:0", "redis://host:x",
    "redis://host/x", "redis://host/-1", "redis://pw@host", "redis://:p%4@host", "redis://[::1]x",
    "unix://relative", "unix:///s?database=1", "unix:///s?db=x",
  ])
  func refuses(url: String) {
    let error = #expect(throws: RedisError.self) { try RedisConfiguration(url: url) }
    #expect(error?.code == .configuration)
    #expect(error.map { !$0.message.contains("pw") } == true)
  }

  @Test func pausesGrowToTheirLimitAndDiffer() {
    var configuration = RedisConfiguration(address: .unix(path: "/x"))
    configuration.minReconnectDelay = .milliseconds(10)
    configuration.maxReconnectDelay = .milliseconds(100)
    var delay = ReconnectDelay(configuration)
    var random = SystemRandomNumberGenerator()
    for limit in [10, 20, 40, 80, 100, 100] as [Int64] {
      let pause = delay.take(using: &random)
      #expect((limit * 500_000...limit * 1_000_000).contains(pause))
    }
    delay.reset()
    #expect(delay.take(using: &random) <= 10_000_000)
  }

  @Test func commandsAreEncodedAsTheProtocolHasThem() {
    let command = RedisCommand("SET", "k", .bytes([0, 1]), -5)
    #expect(
      command.encoded == Array("*4\r\n$3\r\nSET\r\n$1\r\nk\r\n$2\r\n\0\u{1}\r\n$2\r\n-5\r\n".utf8))
  }
}
