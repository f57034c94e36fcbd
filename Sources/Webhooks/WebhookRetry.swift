internal import Core
internal import Outbound
internal import WebhookStore

/// When a delivery is tried again, and when no more. Does no I/O.
public struct WebhookRetry: Sendable {
  /// Seconds before the second attempt; doubled for each one after that.
  public var firstPause = 5.0
  public var longestPause = 3600.0

  public init() {}

  /// - Parameters:
  ///   - attempts: before the one that `result` is of.
  ///   - giveUpAt: after which there is no more attempt.
  ///   - random: of 0 to 1; spreads attempts over the second half of the pause.
  func outcome(
    of result: OutboundResult, attempts: Int32, now: Timestamp, giveUpAt: Timestamp, random: Double
  ) -> WebhookAttempt.Outcome {
    if let status = result.status {
      if (200..<300).contains(status) { return .delivered }
      if status == 410 { return .gone }
    }
    // Nobody who is patient gets an address of the inside.
    if result.failure == .addressNotAllowed || result.failure == .badURL { return .dead }
    let doubled = firstPause * Double(UInt64(1) << UInt64(min(max(attempts, 0), 30)))
    var pause = min(doubled, longestPause) * (0.5 + random / 2)
    if let asked = result.retryAfterSeconds {
      pause = max(pause, min(Double(asked), longestPause))
    }
    let next = now.advanced(byMicroseconds: Int64(pause * 1_000_000))
    return next > giveUpAt ? .dead : .retry(at: next)
  }

  /// The code that is kept of an attempt; nil for a success.
  static func code(_ result: OutboundResult) -> String? {
    guard let status = result.status else { return (result.failure ?? .other).rawValue }
    switch status {
    case 200..<300: return nil
    case 300..<400: return "redirect"
    case 410: return "gone"
    case 429: return "limited"
    default: return "http_error"
    }
  }
}
