import Access
import Core
import Testing

@Suite struct PolicyTests {
  private static func house(
    _ edit: (inout OrganizationChange) -> Void
  ) async throws -> House {
    let house = try await House()
    var change = OrganizationChange()
    edit(&change)
    _ = try await house.access.administration.changeOrganization(
      change, by: operatorOf(house.acme.id))
    return house
  }

  @Test func aPasswordIsAsLongAsThePolicyWantsIt() async throws {
    let house = try await Self.house { $0.passwordLength = 20 }
    let error = await #expect(throws: Problem.self) { try await house.user() }
    #expect(error?.errors.first?.code == "too_short")
    _ = try await house.access.administration.createUser(
      in: house.acme.id, email: "anna@example.org", password: Secret("correct horse battery"),
      role: .viewer)
  }

  @Test func aSessionEndsWhenThePolicySays() async throws {
    let house = try await Self.house {
      $0.sessionDays = 2
      $0.sessionIdleDays = 1
    }
    _ = try await house.user()
    let pair = try await house.login()
    house.clock.advance(.seconds(86_400 + 1))
    let idle = await #expect(throws: Problem.self) {
      try await house.access.auth.refresh(pair.refreshToken)
    }
    #expect(idle?.slug == "refresh_token_invalid")
    var renewed = try await house.login()
    house.clock.advance(.seconds(86_000))
    renewed = try await house.access.auth.refresh(renewed.refreshToken)
    house.clock.advance(.seconds(86_000))
    renewed = try await house.access.auth.refresh(renewed.refreshToken)
    house.clock.advance(.seconds(2000))
    await #expect(throws: Problem.self) {
      try await house.access.auth.refresh(renewed.refreshToken)
    }
  }

  @Test func aKeyLivesNoLongerThanThePolicyAllows() async throws {
    let house = try await Self.house { $0.keyDays = 10 }
    let key = try await house.key().key
    let end = try #require(key.expiresAt)
    #expect(
      end.microseconds - key.createdAt.microseconds == 10 * Timestamp.microsecondsPerDay)
  }

  @Test func tiers() async throws {
    let house = try await Self.house { $0.keyTier = .standard }
    #expect(try await house.key(.eventsWrite).key.tier == .highest)
    #expect(try await house.key(.eventsRead).key.tier == .standard)
    var change = OrganizationChange()
    change.maximumTier = .standard
    // Those of people are above it.
    let error = await #expect(throws: Problem.self) {
      change.userTier = .high
      _ = try await house.access.administration.changeOrganization(
        change, by: operatorOf(house.acme.id))
    }
    #expect(error?.slug == "tier_not_allowed")
    change.userTier = nil
    let admin = await #expect(throws: Problem.self) {
      _ = try await house.access.administration.changeOrganization(
        change, by: person(.admin, of: house.acme.id))
    }
    #expect(admin?.slug == "insufficient_scope")
    _ = try await house.access.administration.changeOrganization(
      change, by: operatorOf(house.acme.id))
    #expect(try await house.key(.eventsWrite).key.tier == .standard)
    let asked = await #expect(throws: Problem.self) {
      try await house.access.administration.createKey(
        in: house.acme.id, name: "fast", scopes: .eventsRead, tier: .high)
    }
    #expect(asked?.slug == "tier_not_allowed")
    _ = try await house.user()
    let pair = try await house.login()
    #expect(try await house.access.authenticate(pair.accessToken).tier == .standard)
  }

  @Test func aKeyWithoutALimitIsTheCommandLinesToGive() async throws {
    let house = try await Self.house { $0.maximumTier = .standard }
    let administration = house.access.administration
    let made = try await administration.createKey(
      in: house.acme.id, name: "automation", scopes: .eventsRead, tier: .unlimited)
    #expect(made.key.tier == .unlimited)
    let credential = try Credential.read(authorization: [], apiKey: [made.text.reveal()])
    guard case .key(let key) = credential else {
      Issue.record("not a key")
      return
    }
    // No policy holds it.
    let principal = try await house.access.keys.authenticate(key)
    #expect(principal.tier == .unlimited)
    #expect(principal.tier.requestsPerMinute == 0)
    let asked = await #expect(throws: Problem.self) {
      try await administration.createKey(
        name: "mine", scopes: .eventsRead, days: nil, tier: .unlimited,
        by: operatorOf(house.acme.id))
    }
    #expect(asked?.slug == "tier_not_allowed")
    let changed = await #expect(throws: Problem.self) {
      try await administration.changeKey(
        (try await house.key(.eventsRead)).key.id, in: house.acme.id, name: nil, tier: .unlimited)
    }
    #expect(changed?.slug == "tier_not_allowed")
    for tier in RateTier.allCases { #expect(RateTier(name: tier.name) == tier) }
    #expect(RateTier(name: "endless") == nil)
  }
}
