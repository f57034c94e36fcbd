internal import NIOConcurrencyHelpers

/// Makes things that several tasks want at once a single time for all of them.
///
/// The making goes on if those who wait are cancelled: it ends by itself, and the next to ask will want
/// it. A failure goes to all who wait, and the next to ask tries again.
final class Flights<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private let inProgress = NIOLockedValueBox<[Key: Task<Value, any Error>]>([:])

  func value(
    for key: Key, _ make: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    let task = inProgress.withLockedValue { inProgress in
      if let known = inProgress[key] { return known }
      let task = Task.detached { [self] in
        defer { finish(key) }
        return try await make()
      }
      inProgress[key] = task
      return task
    }
    return try await task.value
  }

  private func finish(_ key: Key) {
    inProgress.withLockedValue { $0[key] = nil }
  }
}
