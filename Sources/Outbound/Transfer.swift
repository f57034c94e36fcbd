internal import Core
internal import NIOConcurrencyHelpers

/// What a transfer asks while it runs.
final class Transfer: Sendable {
  private let policy: OutboundPolicy
  private let host: String
  private let stopped = NIOLockedValueBox(false)

  init(policy: OutboundPolicy, host: String) {
    self.policy = policy
    self.host = host
  }

  var isStopped: Bool { stopped.withLockedValue { $0 } }

  func stop() { stopped.withLockedValue { $0 = true } }

  func allows(_ bytes: [UInt8]) -> Bool {
    guard let address = IPAddress(bytes: bytes) else { return false }
    return policy.allows(address, host: host)
  }
}
