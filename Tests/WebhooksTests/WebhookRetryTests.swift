import Core
import Outbound
import Testing
import WebhookStore

@testable import Webhooks

/// When a delivery is tried again, by a clock of the test.
@Suite struct WebhookRetryTests {
  let start = Timestamp(microseconds: 1_700_000_000_000_000)

  func outcome(
    _ result: OutboundResult, attempts: Int32 = 0, patience: Int64 = 86_400, random: Double = 1
  ) -> WebhookAttempt.Outcome {
    WebhookRetry().outcome(
      of: result, attempts: attempts, now: start,
      giveUpAt: start.advanced(byMicroseconds: patience * 1_000_000), random: random)
  }

  func pause(_ outcome: WebhookAttempt.Outcome) -> Double? {
    guard case .retry(let at) = outcome else { return nil }
    return Double(at.microseconds - start.microseconds) / 1_000_000
  }

  @Test(arguments: [200, 201, 202, 204, 299])
  func anyStatusOfSuccessIsOne(_ status: Int) {
    #expect(outcome(OutboundResult(status: status)) == .delivered)
  }

  @Test(arguments: [301, 302, 400, 401, 403, 404, 408, 409, 429, 500, 502, 503, 504])
  func othersAreTriedAgain(_ status: Int) {
    #expect(pause(outcome(OutboundResult(status: status))) == 5)
  }

  @Test func pausesDoubleUpToAnHour() {
    let failure = OutboundResult(failure: .timeout)
    let pauses = (0..<14).map { pause(outcome(failure, attempts: $0)) }
    #expect(pauses[..<4] == [5, 10, 20, 40])
    #expect(pauses[9] == 2560)
    #expect(pauses[10] == 3600)
    #expect(pauses[13] == 3600)
    #expect(pause(outcome(failure, attempts: .max)) == 3600)
  }

  @Test func attemptsAreSpread() {
    let failure = OutboundResult(status: 500)
    #expect(pause(outcome(failure, attempts: 2, random: 0)) == 10)
    #expect(pause(outcome(failure, attempts: 2, random: 0.5)) == 15)
  }

  @Test func whatTheTargetAsksForIsHonouredWithinReason() {
    #expect(pause(outcome(OutboundResult(status: 429, retryAfterSeconds: 120))) == 120)
    #expect(pause(outcome(OutboundResult(status: 503, retryAfterSeconds: 1))) == 5)
    #expect(pause(outcome(OutboundResult(status: 503, retryAfterSeconds: 999_999))) == 3600)
  }

  @Test func itEndsWhenThePatienceDoes() {
    #expect(outcome(OutboundResult(status: 500), patience: 4) == .dead)
    #expect(pause(outcome(OutboundResult(status: 500), patience: 5)) == 5)
  }

  @Test func someNeedNoSecondAttempt() {
    #expect(outcome(OutboundResult(status: 410)) == .gone)
    #expect(outcome(OutboundResult(failure: .addressNotAllowed)) == .dead)
    #expect(outcome(OutboundResult(failure: .badURL)) == .dead)
  }

  /// From the first attempt to the last, a day is a few dozen attempts.
  @Test func aDayIsSomeAttempts() {
    var now = start
    let end = start.advanced(byMicroseconds: Timestamp.microsecondsPerDay)
    var attempts: Int32 = 0
    while case .retry(let next) = WebhookRetry().outcome(
      of: OutboundResult(failure: .connectFailed), attempts: attempts, now: now, giveUpAt: end,
      random: 0.5)
    {
      now = next
      attempts += 1
    }
    #expect((30...50).contains(attempts))
    #expect(end.microseconds - now.microseconds < 3_600_000_000)
  }

  @Test func codesAreClosed() {
    let cases: [(OutboundResult, String?)] = [
      (OutboundResult(status: 200), nil), (OutboundResult(status: 302), "redirect"),
      (OutboundResult(status: 404), "http_error"), (OutboundResult(status: 410), "gone"),
      (OutboundResult(status: 429), "limited"), (OutboundResult(failure: .tls), "tls"),
    ]
    for (result, code) in cases { #expect(WebhookRetry.code(result) == code) }
  }
}
