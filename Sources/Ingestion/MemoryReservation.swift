public import Core
internal import NIOConcurrencyHelpers

/// Bytes of the memory budget that one batch holds, from its first byte to its commit; given back
/// when the reservation is let go of.
public final class MemoryReservation: Sendable {
  private struct State {
    var held = 0
    /// How long the batch may still wait for room, over all its steps together.
    var patience: Duration
  }

  private let budget: MemoryBudget
  private let organization: OrganizationID
  private let state: NIOLockedValueBox<State>

  public init(budget: MemoryBudget, organization: OrganizationID, patience: Duration) {
    self.budget = budget
    self.organization = organization
    state = NIOLockedValueBox(State(patience: patience))
  }

  deinit {
    let held = state.withLockedValue { $0.held }
    if held > 0 { budget.giveBack(held, for: organization) }
  }

  public var held: Int { state.withLockedValue { $0.held } }

  /// What there is for one organization at most.
  public var limit: Int { budget.share }

  /// Makes the reservation at least `bytes`, waiting for room. One caller at a time.
  ///
  /// - Throws: `IngestError` with `.overloaded` if no room was found in time.
  public func grow(to bytes: Int) async throws {
    let (held, patience) = state.withLockedValue { ($0.held, $0.patience) }
    guard bytes > held else { return }
    let start = ContinuousClock.now
    let granted = await budget.take(bytes - held, for: organization, patience: patience)
    state.withLockedValue { state in
      state.patience -= ContinuousClock.now - start
      if granted { state.held = bytes }
    }
    guard granted else { throw IngestError.noRoom }
  }

  /// The same without waiting, ahead of those who wait: what is nearly done is to be finished first.
  ///
  /// - Throws: `IngestError`: `.tooLarge` where the batch alone is more than one organization may
  ///   hold, else `.overloaded`.
  func growNow(to bytes: Int) throws {
    let held = self.held
    guard bytes > held else { return }
    guard bytes <= limit else {
      throw IngestError(
        .tooLarge, "the batch takes more than \(limit) bytes of memory once it is read: split it")
    }
    guard budget.takeNow(bytes - held, for: organization) else { throw IngestError.noRoom }
    state.withLockedValue { $0.held = bytes }
  }
}

extension IngestError {
  fileprivate static var noRoom: IngestError {
    IngestError(.overloaded, "there is no room for the batch now: send it again")
  }
}
