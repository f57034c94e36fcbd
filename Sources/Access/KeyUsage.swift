internal import Core
internal import NIOConcurrencyHelpers

/// When each key was last used, collected in memory to be written now and then.
final class KeyUsage: Sendable {
  private let used = NIOLockedValueBox<[APIKeyID: Timestamp]>([:])

  func record(_ key: APIKeyID, at time: Timestamp) {
    used.withLockedValue { $0[key] = time }
  }

  /// What came in since the last time.
  func take() -> [APIKeyID: Timestamp] {
    used.withLockedValue { used in
      defer { used = [:] }
      return used
    }
  }

  /// Puts back what could not be written; a later use wins.
  func restore(_ unwritten: [APIKeyID: Timestamp]) {
    used.withLockedValue { $0.merge(unwritten) { max($0, $1) } }
  }
}
