/// How much a compressed body may become.
public struct InflateLimits: Sendable, Equatable {
  /// Bytes after inflation, over all members.
  public var maxOutput: Int
  /// Inflated bytes for one compressed byte. Logs reach 10 to 100; deflate ends at 1032.
  public var maxRatio: Int
  /// The ratio is looked at only once so many bytes have come out: a small body that repeats itself
  /// is no attack.
  public var ratioFloor: Int

  public init(maxOutput: Int, maxRatio: Int = 250, ratioFloor: Int = 1 << 20) {
    precondition(maxOutput >= 0 && maxRatio > 0 && ratioFloor >= 0)
    self.maxOutput = maxOutput
    self.maxRatio = maxRatio
    self.ratioFloor = ratioFloor
  }

  func check(output: Int, input: Int) throws(CompressionError) {
    if output > maxOutput {
      throw CompressionError(.tooLarge, "the inflated body is larger than \(maxOutput) bytes")
    }
    if output > ratioFloor, output / maxRatio > input {
      throw CompressionError(
        .ratioExceeded, "the body inflates to more than \(maxRatio) times its size")
    }
  }
}
