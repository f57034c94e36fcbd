import NIOConcurrencyHelpers
import Testing

@testable import ListCache

@Suite struct GenerationChecksTests {
  @Test func oneReadAsksOnce() async {
    let checks = GenerationChecks()
    let asked = NIOLockedValueBox(0)
    for number in 1...3 {
      let answer = await checks.answer("a") {
        "\(asked.withLockedValue { $0 += 1; return $0 })"
      }
      #expect(answer == "\(number)")
    }
  }

  /// An answer is never from a question that was asked before the read began.
  @Test func noReadGetsAnOlderAnswer() async {
    let checks = GenerationChecks()
    let clock = NIOLockedValueBox(0)
    let asked = NIOLockedValueBox(0)
    await withTaskGroup(of: Void.self) { group in
      for task in 0..<200 {
        group.addTask {
          for _ in 0..<20 {
            let began = clock.withLockedValue {
              $0 += 1; return $0
            }
            let answer = await checks.answer("key \(task % 3)") {
              asked.withLockedValue { $0 += 1 }
              let at = clock.withLockedValue {
                $0 += 1; return $0
              }
              await Task.yield()
              return "\(at)"
            }
            #expect((answer.flatMap { Int($0) } ?? 0) > began)
          }
        }
      }
    }
    #expect(asked.withLockedValue { $0 } < 4000, "reads at the same time share a question")
  }

  @Test func aCancelledReadTakesNoOthersAnswer() async {
    let checks = GenerationChecks()
    let reads = (0..<50).map { number in
      Task {
        let answer = await checks.answer("a") {
          await Task.yield()
          return Task.isCancelled ? nil : "good"
        }
        return (number, answer)
      }
    }
    for read in reads.prefix(25) { read.cancel() }
    for read in reads.prefix(25) { #expect(["good", nil].contains(await read.value.1)) }
    for read in reads.suffix(25) { #expect(await read.value.1 == "good") }
  }
}
