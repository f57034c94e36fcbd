public import Core

/// The two clocks of this module: the wall's for what is stored and signed, a steady one for
/// what is held in memory. A test brings its own.
public struct AccessClock: Sendable {
  public var wall: @Sendable () -> Timestamp
  /// Time since some fixed point, never set back.
  public var steady: @Sendable () -> Duration

  public init(
    wall: @escaping @Sendable () -> Timestamp, steady: @escaping @Sendable () -> Duration
  ) {
    self.wall = wall
    self.steady = steady
  }

  public static let system: AccessClock = {
    let start = ContinuousClock.now
    return AccessClock(wall: { Timestamp.now }, steady: { ContinuousClock.now - start })
  }()
}
