internal import Core
internal import NIOConcurrencyHelpers
internal import Outbound
internal import Postgres
internal import WebhookStore

extension WebhookDispatcher {
  /// Sends what is due in one lane, until the task is cancelled.
  func send(failing: Bool, _ signal: Wake) async {
    let free = NIOLockedValueBox(configuration.lane)
    await withDiscardingTaskGroup { group in
      await signal.forEach {
        for delivery in await self.claim(failing, limit: free.withLockedValue { $0 }) {
          free.withLockedValue { $0 -= 1 }
          group.addTask {
            await self.send(delivery)
            free.withLockedValue { $0 += 1 }
            // There is room again, and the next message of the incident may be due.
            signal.wake()
          }
        }
      }
      group.cancelAll()
    }
  }

  private func claim(_ failing: Bool, limit: Int) async -> [ClaimedDelivery] {
    guard limit > 0 else { return [] }
    do {
      return try await pool.withConnection { [configuration] connection in
        try WebhookQueue.claim(
          failing: failing, limit: Int32(limit), perTarget: configuration.perTarget,
          leaseSeconds: configuration.leaseSeconds, on: connection)
      }
    } catch {
      if !Task.isCancelled { observer.failed(error) }
      return []
    }
  }

  /// Sends one delivery, and writes what came of it.
  func send(_ delivery: ClaimedDelivery) async {
    let start = ContinuousClock.now
    let result = await post(delivery)
    do {
      guard result.failure != .cancelled else {
        // A task that was cancelled gets no connection; one of its own is not.
        return try await Task { [pool] in
          try await pool.withConnection { try WebhookQueue.release(delivery, on: $0) }
        }.value
      }
      let now = Timestamp.now
      let attempt = WebhookAttempt(
        at: now, status: result.status.map { Int32($0) },
        latencyMilliseconds: Int32(clamping: Int((ContinuousClock.now - start) / .milliseconds(1))),
        error: WebhookRetry.code(result),
        outcome: configuration.retry.outcome(
          of: result, attempts: delivery.attempts, now: now, giveUpAt: delivery.giveUpAt,
          random: .random(in: 0...1)))
      let isOurs = try await pool.withConnection {
        try WebhookQueue.record(attempt, of: delivery, on: $0)
      }
      if isOurs { observer.attempted(attempt, delivery) }
    } catch {
      // The lease expires, and it is sent again.
      observer.failed(error)
    }
  }

  private func post(_ delivery: ClaimedDelivery) async -> OutboundResult {
    let url: OutboundURL
    do throws(OutboundURL.Fault) {
      url = try OutboundURL(delivery.url, policy: client.policy)
    } catch {
      // The operator's settings have changed since it was made.
      return OutboundResult(failure: error == .address ? .addressNotAllowed : .badURL)
    }
    let secret: [UInt8]
    do {
      secret = try vault.open(delivery.sealedSecret, delivery.organization, delivery.webhook)
    } catch {
      observer.failed(error)
      return OutboundResult(failure: .other)
    }
    let message = WebhookMessage(delivery: delivery, secret: secret)
    return await client.post(message.request(to: url, now: .now))
  }
}
