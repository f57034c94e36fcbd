/// How long a value may be kept. It ends earlier where something invalidates it; this is for what
/// nobody noticed.
public struct CacheLifetime: Sendable, Equatable {
  public let milliseconds: Int64

  public init(milliseconds: Int64) {
    precondition(milliseconds > 0)
    self.milliseconds = milliseconds
  }

  public static let list = CacheLifetime(milliseconds: 120_000)
  public static let item = CacheLifetime(milliseconds: 300_000)
  public static let count = CacheLifetime(milliseconds: 300_000)
  /// For what tells how things go, of which not every change invalidates.
  public static let brief = CacheLifetime(milliseconds: 10_000)

  /// Between 90 and 110 %, so that values that were stored together do not end together.
  func jittered(using random: inout some RandomNumberGenerator) -> Int64 {
    max(1, milliseconds * Int64.random(in: 900...1100, using: &random) / 1000)
  }
}
