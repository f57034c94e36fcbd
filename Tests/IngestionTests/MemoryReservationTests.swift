import Core
import Testing

@testable import Ingestion

@Suite struct MemoryReservationTests {
  @Test func patienceIsOneForAllSteps() async throws {
    let budget = MemoryBudget(capacity: 100, share: 100)
    let organization = OrganizationID(1)
    let reservation = MemoryReservation(
      budget: budget, organization: organization, patience: .milliseconds(20))
    #expect(await budget.take(100, for: OrganizationID(2), patience: .zero))
    for _ in 0..<2 {
      await #expect {
        try await reservation.grow(to: 10)
      } throws: { ($0 as? IngestError)?.code == .overloaded }
    }
    // It was used up by the first: no one waits any more, so room is taken or refused at once.
    budget.giveBack(100, for: OrganizationID(2))
    try await reservation.grow(to: 10)
    #expect(reservation.held == 10)
  }

  @Test func whatIsNearlyDoneGoesAheadOfThoseWhoWait() async throws {
    let budget = MemoryBudget(capacity: 100, share: 100)
    var batch: MemoryReservation? = MemoryReservation(
      budget: budget, organization: OrganizationID(1), patience: .seconds(20))
    try await batch?.grow(to: 60)
    async let waiter = budget.take(80, for: OrganizationID(2), patience: .seconds(20))
    while budget.statistics.waiting == 0 { await Task.yield() }
    try batch?.growNow(to: 90)
    #expect(batch?.held == 90)
    #expect {
      try batch?.growNow(to: 101)
    } throws: { ($0 as? IngestError)?.code == .tooLarge }
    let second = MemoryReservation(
      budget: budget, organization: OrganizationID(3), patience: .zero)
    #expect { try second.growNow(to: 11) } throws: { ($0 as? IngestError)?.code == .overloaded }
    batch = nil
    #expect(await waiter)
    #expect(budget.statistics.free == 20)
  }
}
