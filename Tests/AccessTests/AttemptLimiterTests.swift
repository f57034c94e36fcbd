import Testing

@testable import Access

@Suite struct AttemptLimiterTests {
  private func limits(pair: Int = 3, account: Int = 100, address: Int = 100) -> AttemptLimits {
    var limits = AttemptLimits()
    limits.window = .seconds(60)
    limits.pair = pair
    limits.account = account
    limits.address = address
    limits.capacity = 100
    return limits
  }

  @Test func limitsAnAccountFromOneAddress() {
    let clock = ManualClock()
    let limiter = MemoryAttemptLimiter(limits: limits(), clock: clock.clock)
    for _ in 0..<3 { #expect(limiter.attempt(account: "a", address: "1") == .allowed) }
    clock.advance(.seconds(10))
    #expect(limiter.attempt(account: "a", address: "1") == .limited(retryAfterSeconds: 51))
    #expect(limiter.attempt(account: "a", address: "2") == .allowed)
    #expect(limiter.attempt(account: "b", address: "1") == .allowed)
  }

  @Test func aWindowEndsThoughAttemptsGoOn() {
    let clock = ManualClock()
    let limiter = MemoryAttemptLimiter(limits: limits(), clock: clock.clock)
    var allowed = 0
    for _ in 0..<120 {
      if limiter.attempt(account: "a", address: "1") == .allowed { allowed += 1 }
      clock.advance(.seconds(1))
    }
    #expect(allowed == 6)
  }

  /// Who logs in is none of those who guess, but does not clear them either.
  @Test func successCountsForNobody() {
    let limiter = MemoryAttemptLimiter(limits: limits(address: 5), clock: ManualClock().clock)
    for _ in 0..<20 {
      #expect(limiter.attempt(account: "a", address: "1") == .allowed)
      limiter.succeeded(account: "a", address: "1")
    }
    for number in 0..<5 {
      #expect(limiter.attempt(account: "b\(number)", address: "1") == .allowed)
    }
    limiter.succeeded(account: "a", address: "2")
    #expect(limiter.attempt(account: "a", address: "1") == .limited(retryAfterSeconds: 61))
  }

  @Test func anAdministratorEndsTheLockOfAnAccount() {
    let limiter = MemoryAttemptLimiter(limits: limits(account: 2), clock: ManualClock().clock)
    for address in ["1", "2"] { _ = limiter.attempt(account: "a", address: address) }
    #expect(limiter.attempt(account: "a", address: "3") != .allowed)
    limiter.forget(account: "a")
    #expect(limiter.attempt(account: "a", address: "3") == .allowed)
  }

  @Test func limitsAnAccountFromEverywhere() {
    let limiter = MemoryAttemptLimiter(limits: limits(account: 10), clock: ManualClock().clock)
    let verdicts = (0..<20).map { limiter.attempt(account: "a", address: "\($0)") }
    #expect(verdicts.filter { $0 == .allowed }.count == 10)
  }

  @Test func limitsAnAddressOverManyAccounts() {
    let limiter = MemoryAttemptLimiter(limits: limits(address: 10), clock: ManualClock().clock)
    let verdicts = (0..<20).map { limiter.attempt(account: "\($0)", address: "1") }
    #expect(verdicts.filter { $0 == .allowed }.count == 10)
  }

  @Test func namesOfAccountsAndAddressesDoNotMeet() {
    let limiter = MemoryAttemptLimiter(limits: limits(pair: 1), clock: ManualClock().clock)
    #expect(limiter.attempt(account: "b c", address: "a") == .allowed)
    #expect(limiter.attempt(account: "c", address: "a") == .allowed)
    #expect(limiter.attempt(account: "x", address: "b c") == .allowed)
  }
}
