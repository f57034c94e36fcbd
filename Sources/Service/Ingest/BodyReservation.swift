internal import Ingestion

/// Bytes of the memory budget that one request holds; given back when it is let go of.
final class BodyReservation {
  private let budget: MemoryBudget
  private let patience: Duration
  private var held = 0

  init(budget: MemoryBudget, patience: Duration) {
    self.budget = budget
    self.patience = patience
  }

  deinit {
    if held > 0 { budget.giveBack(held) }
  }

  /// Makes the reservation at least `bytes`.
  ///
  /// - Throws: `IngestError` with `.overloaded` if no room was found in time.
  func grow(to bytes: Int) async throws {
    guard bytes > held else { return }
    guard await budget.take(bytes - held, patience: patience) else {
      throw IngestError(.overloaded, "there is no room for the batch now: send it again")
    }
    held = bytes
  }
}
