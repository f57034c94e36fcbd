public import Core
internal import NIOConcurrencyHelpers

/// A bound on the bytes of all batches in memory, and on what each organization may hold of it. Who
/// finds no room waits in line, for a time.
///
/// The line is served in its order, but who waits only for bytes of his own organization holds up no
/// other one.
public final class MemoryBudget: Sendable {
  public struct Statistics: Sendable {
    public var capacity: Int
    public var free: Int
    public var waiting: Int
    /// Requests that found no room in time, since the start.
    public var refused: Int
  }

  public let capacity: Int
  /// What one organization may hold, in bytes.
  public let share: Int
  private let state: NIOLockedValueBox<MemoryLine>

  /// - Parameter share: half of the capacity unless given.
  public init(capacity: Int, share: Int? = nil) {
    self.capacity = capacity
    self.share = min(capacity, share ?? capacity / 2)
    state = NIOLockedValueBox(MemoryLine(free: capacity, share: self.share))
  }

  public var statistics: Statistics {
    state.withLockedValue {
      Statistics(capacity: capacity, free: $0.free, waiting: $0.waiting, refused: $0.refused)
    }
  }

  /// Takes `bytes`, waiting up to `patience` for others to give them back; false if there was no room
  /// in time, if there never will be, or if the caller was cancelled.
  public func take(
    _ bytes: Int, for organization: OrganizationID, patience: Duration
  ) async -> Bool {
    let entry = state.withLockedValue {
      $0.enter(bytes, for: organization, canWait: patience > .zero)
    }
    guard case .wait(let ticket) = entry else { return entry == .granted }
    return await withTaskGroup(of: Void.self) { group in
      group.addTask {
        // A sleep that is cut short means that the wait has ended or that the caller was cancelled.
        let timedOut = (try? await Task.sleep(for: patience)) != nil
        self.leave(ticket, timedOut: timedOut)
      }
      let granted = await withCheckedContinuation { continuation in
        let decided = state.withLockedValue { $0.attach(continuation, to: ticket) }
        if let decided { continuation.resume(returning: decided) }
      }
      group.cancelAll()
      return granted
    }
  }

  /// Takes `bytes` if there are so many, whoever waits; false if not.
  func takeNow(_ bytes: Int, for organization: OrganizationID) -> Bool {
    state.withLockedValue { $0.takeNow(bytes, for: organization) }
  }

  /// Gives back bytes that were taken for an organization.
  public func giveBack(_ bytes: Int, for organization: OrganizationID) {
    let served = state.withLockedValue { $0.giveBack(bytes, for: organization) }
    for continuation in served { continuation.resume(returning: true) }
  }

  private func leave(_ ticket: UInt64, timedOut: Bool) {
    // Who leaves may have held up those behind him.
    let (left, served) = state.withLockedValue { $0.leave(ticket, timedOut: timedOut) }
    left?.resume(returning: false)
    for continuation in served { continuation.resume(returning: true) }
  }
}
