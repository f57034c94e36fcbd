internal import Core
internal import Ingestion

/// Bytes of the memory budget that one request holds; given back when it is let go of.
final class BodyReservation {
  private let budget: MemoryBudget
  private let organization: OrganizationID
  /// How long the request may still wait for room, over all steps together.
  private var patience: Duration
  private(set) var held = 0

  init(budget: MemoryBudget, organization: OrganizationID, patience: Duration) {
    self.budget = budget
    self.organization = organization
    self.patience = patience
  }

  deinit {
    if held > 0 { budget.giveBack(held, for: organization) }
  }

  /// What there is for one organization at most.
  var limit: Int { budget.share }

  /// Makes the reservation at least `bytes`.
  ///
  /// - Throws: `IngestError` with `.overloaded` if no room was found in time.
  func grow(to bytes: Int) async throws {
    guard bytes > held else { return }
    let start = ContinuousClock.now
    let granted = await budget.take(bytes - held, for: organization, patience: patience)
    patience -= ContinuousClock.now - start
    guard granted else {
      throw IngestError(.overloaded, "there is no room for the batch now: send it again")
    }
    held = bytes
  }
}
