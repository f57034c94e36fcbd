/// How long to wait before connecting again: twice as long each time, up to a limit, and never the
/// same for two clients.
struct ReconnectDelay {
  private let minimum: Int64
  private let maximum: Int64
  private var next: Int64

  init(_ configuration: RedisConfiguration) {
    minimum = max(1_000_000, configuration.minReconnectDelay.nanoseconds)
    maximum = max(minimum, configuration.maxReconnectDelay.nanoseconds)
    next = minimum
  }

  /// Nanoseconds between half of the delay and all of it.
  mutating func take(using random: inout some RandomNumberGenerator) -> Int64 {
    defer { next = min(maximum, next * 2) }
    return Int64.random(in: (next / 2)...next, using: &random)
  }

  /// After a connection that lasted.
  mutating func reset() {
    next = minimum
  }
}
