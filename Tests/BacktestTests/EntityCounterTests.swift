import Testing

@testable import Backtest

@Suite struct EntityCounterTests {
  @Test func fewValuesAreCountedExactly() {
    var counter = EntityCounter(capacity: 3)
    for value in ["b", "a", "b", "c", "b", "a"] { counter.add(value) }
    #expect(counter.error == 0)
    #expect(
      counter.top(2) == [
        EntityCounter.Entry(value: "b", count: 3), EntityCounter.Entry(value: "a", count: 2),
      ])
  }

  @Test func manyValuesAreCountedWithinTheError() {
    var counter = EntityCounter(capacity: 50)
    var random = Generator(state: 3)
    var exact: [String: Int] = [:]
    for _ in 0..<20_000 {
      let value = random.below(3) > 0 ? "often \(random.below(5))" : "once \(random.next())"
      exact[value, default: 0] += 1
      counter.add(value)
    }
    #expect(counter.error > 0)
    let top = counter.top(5)
    #expect(Set(top.map(\.value)) == Set((0..<5).map { "often \($0)" }))
    for entry in top {
      let count = exact[entry.value] ?? 0
      #expect(entry.count <= count)
      #expect(entry.count + counter.error >= count)
    }
    #expect(counter.top(.max).count <= 50)
  }
}
