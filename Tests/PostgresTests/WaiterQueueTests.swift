import Testing

@testable import Postgres

@Suite struct WaiterQueueTests {
  @Test func itAgreesWithAnArray() {
    let seed = UInt64.random(in: 1...UInt64.max)
    var random = SplitMix(state: seed)
    var queue = WaiterQueue()
    var model: [UInt64] = []
    var next: UInt64 = 0
    for _ in 0..<20_000 {
      switch random.below(3) {
      case 0...1 where random.below(3) > 0 || model.isEmpty:
        next += 1
        model.append(next)
        queue.append(.init(id: next, since: .zero, deadline: .zero))
      case 2:
        guard let id = model.randomElement(using: &random) else { continue }
        model.removeAll { $0 == id }
        let answers = [queue.remove(id), queue.remove(id)]
        #expect(answers == [true, false])
      default:
        guard !model.isEmpty else { continue }
        model.removeFirst()
        queue.removeFirst()
      }
      #expect(queue.first?.id == model.first && queue.count == model.count, "seed \(seed)")
    }
  }
}
