import Ingestion
import Testing

@Suite struct MemoryBudgetTests {
  @Test func bytesAreTakenAndGivenBack() async {
    let budget = MemoryBudget(capacity: 100)
    #expect(await budget.take(60, patience: .zero))
    #expect(await budget.take(40, patience: .zero))
    #expect(await !budget.take(1, patience: .zero))
    budget.giveBack(60)
    #expect(await budget.take(60, patience: .zero))
    #expect(budget.statistics.free == 0)
    #expect(budget.statistics.refused == 1)
  }

  @Test func moreThanThereEverIsIsRefusedAtOnce() async {
    let budget = MemoryBudget(capacity: 100)
    #expect(await !budget.take(101, patience: .seconds(60)))
  }

  @Test func whoWaitsIsServedInOrder() async {
    let budget = MemoryBudget(capacity: 100)
    #expect(await budget.take(100, patience: .zero))
    async let large = budget.take(80, patience: .seconds(60))
    while budget.statistics.waiting < 1 { await Task.yield() }
    async let small = budget.take(10, patience: .seconds(60))
    while budget.statistics.waiting < 2 { await Task.yield() }
    // There is room for the small one, but the large one came first.
    budget.giveBack(20)
    #expect(budget.statistics.waiting == 2)
    budget.giveBack(80)
    #expect(await large)
    #expect(await small)
    #expect(budget.statistics.free == 10)
  }

  @Test func aCancelledWaiterLeavesTheLine() async {
    let budget = MemoryBudget(capacity: 100)
    #expect(await budget.take(100, patience: .zero))
    let waiter = Task { await budget.take(50, patience: .seconds(60)) }
    while budget.statistics.waiting < 1 { await Task.yield() }
    waiter.cancel()
    #expect(await !waiter.value)
    budget.giveBack(100)
    #expect(budget.statistics.free == 100)
  }

  @Test func nothingIsLostUnderLoad() async {
    let budget = MemoryBudget(capacity: 1000)
    await withTaskGroup(of: Void.self) { group in
      for size in 1...200 {
        group.addTask {
          for _ in 0..<20 where await budget.take(size, patience: .seconds(60)) {
            await Task.yield()
            budget.giveBack(size)
          }
        }
      }
    }
    #expect(budget.statistics.free == 1000)
    #expect(budget.statistics.waiting == 0)
  }
}
