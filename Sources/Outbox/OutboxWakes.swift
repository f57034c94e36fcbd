internal import Core
internal import NIOConcurrencyHelpers

/// What a follower has still to look at: organizations that were announced, or all of them.
final class OutboxWakes: Sendable {
  private struct State {
    var changed: Set<OrganizationID> = []
    var isAll = false
  }

  private let state = NIOLockedValueBox(State())
  let stream: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation

  /// Beyond these a look at all is cheaper to keep.
  private static let most = 10_000

  init() {
    (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  func changed(_ organization: OrganizationID) {
    state.withLockedValue {
      if $0.changed.count < Self.most { $0.changed.insert(organization) } else { $0.isAll = true }
    }
    continuation.yield()
  }

  func all() {
    state.withLockedValue { $0.isAll = true }
    continuation.yield()
  }

  /// Takes what is to be looked at: nil for all.
  func take() -> Set<OrganizationID>? {
    state.withLockedValue { state in
      defer { state = State() }
      return state.isAll ? nil : state.changed
    }
  }
}
