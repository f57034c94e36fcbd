internal import Access
internal import Core
internal import NIOConcurrencyHelpers
internal import NIOCore

/// One stream: its mailbox, and the task that waits for what comes into it.
final class StreamSubscriber: Sendable {
  private struct State {
    var mailbox: StreamMailbox
    var waiter: CheckedContinuation<StreamMailbox.Delivery, Never>?
    /// When something was last handed to the reader.
    var lastDelivery: ContinuousClock.Instant
    /// When the credential was last to be looked at.
    var lastCheck: ContinuousClock.Instant
    /// Whether what was handed over is still being written.
    var isWriting = true
    /// When the credential ends by itself.
    var expiresAt: Timestamp?
  }

  let organization: OrganizationID
  let topics: Set<StreamTopic>
  let subject: Principal.Subject
  let session: SessionID?
  private let state: NIOLockedValueBox<State>
  /// Breaks the connection off, for a reader that does not read at all.
  private let abort: @Sendable () -> Void

  init(
    _ principal: Principal, topics: Set<StreamTopic>, capacity: Int,
    abort: @escaping @Sendable () -> Void
  ) {
    organization = principal.organization
    self.topics = topics
    subject = principal.subject
    session = principal.session
    self.abort = abort
    state = NIOLockedValueBox(
      State(
        mailbox: StreamMailbox(capacity: capacity), lastDelivery: .now, lastCheck: .now,
        expiresAt: principal.expiresAt))
  }

  /// What has come in, once there is something; `gone` when the task is cancelled.
  func next() async -> StreamMailbox.Delivery {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let ready: StreamMailbox.Delivery? = state.withLockedValue { state in
          state.isWriting = false
          if let delivery = state.mailbox.take() { return Self.handOver(delivery, &state) }
          state.waiter = continuation
          return nil
        }
        if let ready { continuation.resume(returning: ready) }
      }
    } onCancel: {
      put { $0.end(.gone) }
    }
  }

  private static func handOver(
    _ delivery: StreamMailbox.Delivery, _ state: inout State
  ) -> StreamMailbox.Delivery {
    state.lastDelivery = .now
    state.isWriting = true
    return delivery
  }

  /// Changes the mailbox, and wakes the reader if there is something for him.
  @discardableResult
  func put<Result>(_ change: (inout StreamMailbox) -> Result) -> Result {
    let (result, waiter, delivery) = state.withLockedValue { state in
      let result = change(&state.mailbox)
      guard let waiter = state.waiter, let delivery = state.mailbox.take() else {
        return (
          result, nil as CheckedContinuation<StreamMailbox.Delivery, Never>?,
          StreamMailbox.Delivery()
        )
      }
      state.waiter = nil
      return (result, waiter, Self.handOver(delivery, &state))
    }
    waiter?.resume(returning: delivery)
    return result
  }

  /// Whether the reader waits for something to come in.
  var isWaiting: Bool { state.withLockedValue { $0.waiter != nil } }

  func expires(at time: Timestamp?) {
    state.withLockedValue { $0.expiresAt = time }
  }

  /// Something was written that did not come from the mailbox.
  func progressed() {
    state.withLockedValue { $0.lastDelivery = .now }
  }

  /// Sends a heartbeat where there was silence, and breaks off where nothing is read. The credential is
  /// looked at in any case, and when it ends: that is announced by nobody.
  ///
  /// - Returns: whether it was broken off.
  func tick(_ now: ContinuousClock.Instant, _ limits: StreamLimits) -> Bool {
    let (silence, isWriting, isCheckDue) = state.withLockedValue { state in
      let isCheckDue =
        now - state.lastCheck >= limits.heartbeat || state.expiresAt.map { $0 <= .now } ?? false
      if isCheckDue { state.lastCheck = now }
      return (now - state.lastDelivery, state.isWriting, isCheckDue)
    }
    if isWriting, silence >= limits.stall {
      abort()
      return true
    }
    if !isWriting, silence >= limits.heartbeat {
      put { $0.beat() }
    } else if isCheckDue {
      put { $0.check() }
    }
    return false
  }
}
