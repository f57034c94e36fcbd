import Core
import Testing

@testable import Ingestion

@Suite struct MemoryBudgetTests {
  private let acme = OrganizationID(1)
  private let bravo = OrganizationID(2)

  @Test func bytesAreTakenAndGivenBack() async {
    let budget = MemoryBudget(capacity: 100, share: 100)
    #expect(await budget.take(60, for: acme, patience: .zero))
    #expect(await budget.take(40, for: acme, patience: .zero))
    #expect(await !budget.take(1, for: acme, patience: .zero))
    budget.giveBack(60, for: acme)
    #expect(await budget.take(60, for: acme, patience: .zero))
    #expect(budget.statistics.free == 0)
    #expect(budget.statistics.refused == 1)
  }

  @Test func moreThanThereEverIsIsRefusedAtOnce() async {
    let budget = MemoryBudget(capacity: 100, share: 100)
    #expect(await !budget.take(101, for: acme, patience: .seconds(60)))
  }

  @Test func whoWaitsIsServedInOrder() async {
    let budget = MemoryBudget(capacity: 100, share: 100)
    #expect(await budget.take(100, for: acme, patience: .zero))
    async let large = budget.take(80, for: acme, patience: .seconds(60))
    while budget.statistics.waiting < 1 { await Task.yield() }
    async let small = budget.take(10, for: acme, patience: .seconds(60))
    while budget.statistics.waiting < 2 { await Task.yield() }
    // There is room for the small one, but the large one came first.
    budget.giveBack(20, for: acme)
    #expect(budget.statistics.waiting == 2)
    budget.giveBack(80, for: acme)
    #expect(await large)
    #expect(await small)
    #expect(budget.statistics.free == 10)
  }

  @Test func aCancelledWaiterLeavesTheLine() async {
    let budget = MemoryBudget(capacity: 100, share: 100)
    #expect(await budget.take(100, for: acme, patience: .zero))
    let waiter = Task { await budget.take(50, for: acme, patience: .seconds(60)) }
    while budget.statistics.waiting < 1 { await Task.yield() }
    waiter.cancel()
    #expect(await !waiter.value)
    budget.giveBack(100, for: acme)
    #expect(budget.statistics.free == 100)
  }

  @Test func nothingIsLostUnderLoad() async {
    let budget = MemoryBudget(capacity: 1000, share: 1000)
    await withTaskGroup(of: Void.self) { group in
      for size in 1...200 {
        group.addTask {
          for _ in 0..<20 where await budget.take(size, for: acme, patience: .seconds(60)) {
            await Task.yield()
            budget.giveBack(size, for: acme)
          }
        }
      }
    }
    #expect(budget.statistics.free == 1000)
    #expect(budget.statistics.waiting == 0)
  }

  @Test func anOrganizationHoldsAtMostItsShareAndHoldsUpNoOther() async {
    let budget = MemoryBudget(capacity: 100)
    #expect(await budget.take(40, for: acme, patience: .zero))
    #expect(await !budget.take(51, for: acme, patience: .seconds(60)))
    async let more = budget.take(20, for: acme, patience: .seconds(60))
    while budget.statistics.waiting < 1 { await Task.yield() }
    // There are 60 bytes, but not for that organization.
    #expect(await budget.take(50, for: bravo, patience: .zero))
    // Who comes later waits behind his own organization's.
    #expect(await !budget.take(1, for: acme, patience: .zero))
    budget.giveBack(5, for: acme)
    budget.giveBack(10, for: bravo)
    #expect(budget.statistics.waiting == 1)
    budget.giveBack(5, for: acme)
    #expect(await more)
    #expect(budget.statistics.free == 100 - 50 - 40)
  }

  @Test func withoutPatienceNobodyWaits() async {
    let budget = MemoryBudget(capacity: 100, share: 100)
    #expect(await budget.take(100, for: acme, patience: .zero))
    #expect(await !budget.take(1, for: bravo, patience: .zero))
    #expect(await !budget.take(1, for: bravo, patience: .seconds(-1)))
    #expect(budget.statistics.waiting == 0)
  }

  @Test func patienceRunsOut() async {
    let budget = MemoryBudget(capacity: 100, share: 100)
    #expect(await budget.take(100, for: acme, patience: .zero))
    for _ in 0..<200 {
      #expect(await !budget.take(1, for: bravo, patience: .nanoseconds(1)))
    }
    #expect(budget.statistics.waiting == 0)
    #expect(budget.statistics.refused == 200)
  }

  @Test func aClockThatFiresBeforeTheWaitBeginsCounts() async {
    var line = MemoryLine(free: 100, share: 100)
    #expect(line.enter(100, for: acme, canWait: false) == .granted)
    let entry = line.enter(1, for: bravo, canWait: true)
    guard case .wait(let ticket) = entry else {
      Issue.record("there is no room, so it waits: \(entry)")
      return
    }
    #expect(line.leave(ticket, timedOut: true).left == nil)
    let granted = await withCheckedContinuation { continuation in
      let decided = line.attach(continuation, to: ticket)
      if let decided { continuation.resume(returning: decided) }
    }
    #expect(!granted)
  }

  @Test func whoLeavesLetsThoseBehindHimIn() async {
    let budget = MemoryBudget(capacity: 100, share: 100)
    #expect(await budget.take(50, for: acme, patience: .zero))
    let large = Task { await budget.take(80, for: acme, patience: .seconds(60)) }
    while budget.statistics.waiting < 1 { await Task.yield() }
    async let small = budget.take(10, for: acme, patience: .seconds(60))
    while budget.statistics.waiting < 2 { await Task.yield() }
    large.cancel()
    #expect(await !large.value)
    #expect(await small)
  }
}
