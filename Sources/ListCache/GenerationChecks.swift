internal import NIOConcurrencyHelpers

/// Asks Redis for generations once for all reads that want to know the same.
///
/// A read may only use an answer to a question that was asked after the read began: what a change made
/// unreachable before that must not be seen any more. So a read that finds a question under way waits
/// for the next one, which is asked for all who have come until then.
final class GenerationChecks: Sendable {
  private enum Turn {
    /// The answer to a question that was asked after the waiter came.
    case answer(String?)
    /// The waiter asks the next question, for all who wait behind it.
    case ask
  }

  private typealias Waiter = CheckedContinuation<Turn, Never>

  private struct Question {
    var waiters: [Waiter] = []
  }

  private let questions = NIOLockedValueBox<[String: Question]>([:])

  /// The answer of `ask`, given to this read or to one with the same key that began to wait before it
  /// was asked.
  ///
  /// - Parameter key: names what is asked; everything that `ask` depends on.
  /// - Returns: nil where there is no answer, or the task was cancelled.
  func answer(_ key: String, _ ask: () async -> String?) async -> String? {
    let isFirst = questions.withLockedValue { questions in
      guard questions[key] == nil else { return false }
      questions[key] = Question()
      return true
    }
    guard !isFirst else { return await lead(key, ask) }
    let turn = await withCheckedContinuation { (waiter: Waiter) in
      let mayAsk = questions.withLockedValue { questions in
        guard questions[key] != nil else {
          // The question ended meanwhile.
          questions[key] = Question()
          return true
        }
        questions[key]?.waiters.append(waiter)
        return false
      }
      if mayAsk { waiter.resume(returning: .ask) }
    }
    switch turn {
    case .answer(let answer): return answer
    case .ask: return await lead(key, ask)
    }
  }

  /// Asks, and lets the next one ask for those who have come meanwhile.
  private func lead(_ key: String, _ ask: () async -> String?) async -> String? {
    let mine = take(key)
    // In this task, so that no other thread has to be woken for it.
    let answer = await ask()
    // A read that is cancelled has no answer for others: they ask again.
    let isAnswer = answer != nil || !Task.isCancelled
    let next: Waiter? = questions.withLockedValue { questions in
      if !isAnswer { questions[key]?.waiters += mine }
      guard var question = questions[key], let next = question.waiters.popLast() else {
        questions[key] = nil
        return nil
      }
      questions[key] = question
      return next
    }
    if isAnswer { for waiter in mine { waiter.resume(returning: .answer(answer)) } }
    next?.resume(returning: .ask)
    return answer
  }

  /// Those who wait for the question that is asked now.
  private func take(_ key: String) -> [Waiter] {
    questions.withLockedValue { questions in
      defer { questions[key]?.waiters = [] }
      return questions[key]?.waiters ?? []
    }
  }
}
