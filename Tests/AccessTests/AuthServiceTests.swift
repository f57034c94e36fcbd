import Core
import Postgres
import Testing

@testable import Access

@Suite struct AuthServiceTests {
  @Test func aLoginGivesTokens() async throws {
    let house = try await House()
    let user = try await house.user(role: .lead)
    let tokens = try await house.login(" Anna@Example.ORG")
    #expect(tokens.expiresIn == 900)
    #expect(tokens.tokenType == "bearer")
    let principal = try await house.access.authenticate(tokens.accessToken)
    #expect(principal.organization == house.acme.id)
    #expect(principal.subject == .user(user.id))
    #expect(principal.userID == user.id)
    #expect(principal.role == .lead)
    #expect(principal.scopes == Role.lead.scopes)
    let identity = try await house.access.auth.identity(of: principal)
    #expect(identity == Identity(organization: house.acme, user: user))
    #expect(house.events.names == ["loginSucceeded"])
  }

  @Test func everyFailedLoginLooksTheSameAndCostsTheSame() async throws {
    let house = try await House()
    _ = try await house.user()
    let disabled = try await house.user("bert@example.org")
    try await house.access.administration.disableUser(disabled.id, in: house.acme.id)
    let passwords = house.access.auth.passwords
    for (email, password) in [
      ("anna@example.org", "incorrect horse"), ("nobody@example.org", "correct horse"),
      ("bert@example.org", "correct horse"), ("not an address", "correct horse"),
      ("", ""), ("anna@example.org", ""), ("anna@example.org\u{0}", "correct horse"),
    ] {
      let derivations = passwords.derivationCount
      let problem = try await #require(throws: Problem.self) {
        _ = try await house.access.auth.login(
          email: email, password: Secret(password), address: here)
      }
      #expect(problem.slug == "login_failed")
      #expect(problem.detail == Problem.loginFailed.detail)
      #expect(passwords.derivationCount == derivations + 1, "\(email)")
    }
    #expect(Set(house.events.names) == ["loginFailed"])
  }

  @Test func anOverlongPasswordIsNotHashed() async throws {
    let house = try await House()
    let found = try await slug {
      _ = try await house.access.auth.login(
        email: "anna@example.org", password: Secret(String(repeating: "a", count: 5000)),
        address: here)
    }
    #expect(found == "login_failed")
    #expect(house.access.auth.passwords.derivationCount == 0)
  }

  @Test func attemptsAreLimitedWhetherOrNotThereIsSuchAUser() async throws {
    let house = try await House { $0.loginLimits.pair = 3 }
    _ = try await house.user()
    let derivations = house.access.auth.passwords.derivationCount
    for email in ["anna@example.org", "nobody@example.org"] {
      var found: [String?] = []
      for _ in 0..<5 {
        found.append(
          try await slug {
            _ = try await house.access.auth.login(
              email: email, password: Secret("incorrect horse"), address: here)
          })
      }
      #expect(found.prefix(3).allSatisfy { $0 == "login_failed" })
      #expect(found.suffix(2).allSatisfy { $0 == "login_limited" })
    }
    #expect(house.access.auth.passwords.derivationCount == derivations + 6)
    let problem = try await #require(throws: Problem.self) { _ = try await house.login() }
    #expect(problem.status == 429)
    #expect(problem.retryAfterSeconds == 901)
    house.clock.advance(.seconds(900))
    _ = try await house.login()
  }

  @Test func addressesOfOneNetworkCountAsOne() async throws {
    let house = try await House { $0.loginLimits.address = 2 }
    _ = try await house.user()
    var found: [String?] = []
    for (number, address) in ["2001:db8::1", "2001:db8::ffff", "2001:db8::2", "2001:db8:0:1::1"]
      .enumerated()
    {
      found.append(
        try await slug {
          _ = try await house.access.auth.login(
            email: "user\(number)@example.org", password: House.password,
            address: try #require(IPAddress(address)))
        })
    }
    #expect(found == ["login_failed", "login_failed", "login_limited", "login_failed"])
  }

  @Test func aRefreshTokenIsGoodOnce() async throws {
    let house = try await House()
    _ = try await house.user()
    let first = try await house.login()
    let second = try await house.access.auth.refresh(first.refreshToken)
    let third = try await house.access.auth.refresh(second.refreshToken)
    _ = try await house.access.authenticate(third.accessToken)
    // All of them belong to one session.
    let sessions = try await [first, second, third].asyncMap {
      try await house.access.authenticate($0.accessToken).session
    }
    #expect(Set(sessions).count == 1)
  }

  @Test func aSecondUseRevokesTheWholeFamily() async throws {
    let house = try await House()
    _ = try await house.user()
    let untouched = try await house.login()
    let first = try await house.login()
    let second = try await house.access.auth.refresh(first.refreshToken)
    _ = try await house.access.authenticate(second.accessToken)
    #expect(
      try await slug { _ = try await house.access.auth.refresh(first.refreshToken) }
        == "refresh_token_invalid")
    for token in [first.accessToken, second.accessToken] {
      #expect(try await slug { _ = try await house.access.authenticate(token) } == "session_ended")
    }
    #expect(
      try await slug { _ = try await house.access.auth.refresh(second.refreshToken) }
        == "session_ended")
    #expect(house.events.names.filter { $0 == "refreshTokenReused" }.count == 1)
    _ = try await house.access.authenticate(untouched.accessToken)
    _ = try await house.access.auth.refresh(untouched.refreshToken)
  }

  @Test func ofTwoAtTheSameTimeOneGetsItAndTheSessionEnds() async throws {
    let house = try await House()
    _ = try await house.user()
    for _ in 0..<5 {
      let tokens = try await house.login()
      let results = await withTaskGroup(of: TokenPair?.self) { group in
        for _ in 0..<4 {
          group.addTask { try? await house.access.auth.refresh(tokens.refreshToken) }
        }
        return await group.reduce(into: [TokenPair?]()) { $0.append($1) }
      }
      let winners = results.compactMap { $0 }
      #expect(winners.count == 1)
      for winner in winners {
        #expect(
          try await slug { _ = try await house.access.auth.refresh(winner.refreshToken) }
            == "session_ended")
      }
    }
  }

  @Test func refreshTokensExpire() async throws {
    let house = try await House()
    _ = try await house.user()
    let tokens = try await house.login()
    house.clock.advance(.seconds(14 * 86400))
    #expect(
      try await slug { _ = try await house.access.auth.refresh(tokens.refreshToken) }
        == "refresh_token_invalid")
    for text in ["", "hr_", "hr_" + String(repeating: "A", count: 43)] {
      #expect(
        try await slug { _ = try await house.access.auth.refresh(Secret(text)) }
          == "refresh_token_invalid")
    }
  }

  @Test func aSessionEndsHoweverOftenItIsRenewed() async throws {
    let house = try await House()
    _ = try await house.user()
    var tokens = try await house.login()
    for _ in 0..<2 {
      house.clock.advance(.seconds(13 * 86400))
      tokens = try await house.access.auth.refresh(tokens.refreshToken)
    }
    house.clock.advance(.seconds(4 * 86400))
    #expect(
      try await slug { _ = try await house.access.auth.refresh(tokens.refreshToken) }
        == "refresh_token_invalid")
    house.clock.advance(.seconds(2 * 86400))
    #expect(try await house.access.auth.removeExpiredSessions() == 1)
    #expect(try await house.access.auth.removeExpiredSessions() == 0)
  }

  @Test func logoutEndsTheSessionAndNoOther() async throws {
    let house = try await House()
    _ = try await house.user()
    let tokens = try await house.login()
    let other = try await house.login()
    let principal = try await house.access.authenticate(tokens.accessToken)
    try await house.access.auth.logout(principal)
    try await house.access.auth.logout(principal)
    #expect(
      try await slug { _ = try await house.access.authenticate(tokens.accessToken) }
        == "session_ended")
    #expect(
      try await slug { _ = try await house.access.auth.refresh(tokens.refreshToken) }
        == "session_ended")
    _ = try await house.access.authenticate(other.accessToken)
  }

  @Test func aKeyHasNoSession() async throws {
    let house = try await House()
    let principal = try await house.access.authenticate(try await house.key().text)
    #expect(try await slug { try await house.access.auth.logout(principal) } == "user_needed")
    let identity = try await house.access.auth.identity(of: principal)
    #expect(identity == Identity(organization: house.acme, user: nil))
  }

  @Test func theRoleIsTheOneOfToday() async throws {
    let house = try await House()
    _ = try await house.user(role: .admin)
    let tokens = try await house.login()
    #expect(try await house.access.authenticate(tokens.accessToken).role == .admin)
    try await house.run("update users set role = 'viewer'")
    house.clock.advance(.seconds(1))
    let principal = try await house.access.authenticate(tokens.accessToken)
    #expect(principal.role == .viewer)
    #expect(principal.scopes == Role.viewer.scopes)
  }

  @Test func aTokenOfAnotherOrganizationIsRefusedThoughItIsSigned() async throws {
    let house = try await House()
    _ = try await house.user()
    let tokens = try await house.login()
    let session = try #require(try await house.access.authenticate(tokens.accessToken).session)
    let record = SessionRecord(
      organization: house.other.id, user: UserID(1), role: .admin, expires: .latest, isActive: true)
    let forged = try await house.access.auth.tokens.make(for: record, session: session)
    #expect(try await slug { _ = try await house.access.authenticate(forged) } == "token_invalid")
    let unknown = try await house.access.auth.tokens.make(for: record, session: .random())
    #expect(try await slug { _ = try await house.access.authenticate(unknown) } == "session_ended")
  }

  @Test func aTokenInUseDoesNotTouchTheDatabase() async throws {
    let house = try await House()
    _ = try await house.user()
    let tokens = try await house.login()
    _ = try await house.access.authenticate(tokens.accessToken)
    let before = house.statements.total
    for _ in 0..<50 { _ = try await house.access.authenticate(tokens.accessToken) }
    #expect(house.statements.total == before)
  }

  @Test func anOldHashIsReplacedAtTheNextLogin() async throws {
    let house = try await House()
    _ = try await house.user()
    let dearer = try #require(PasswordCost(logRounds: 5, blockSize: 1, parallelism: 1))
    let node = try await house.node { $0.passwordCost = dearer }
    func login(_ access: AccessControl) async throws -> Int {
      let before = access.auth.passwords.derivationCount
      _ = try await access.auth.login(
        email: "anna@example.org", password: House.password, address: here)
      return access.auth.passwords.derivationCount - before
    }
    #expect(try await login(house.access) == 1)
    #expect(try await login(node) == 2)
    #expect(try await login(node) == 1)
    let hash = try await house.pool.withConnection {
      try $0.userForLogin(Email(rawValue: "anna@example.org")!)?.hash
    }
    #expect(hash?.hasPrefix("$scrypt$ln=5,r=1,p=1$") == true)
  }
}

extension Sequence {
  func asyncMap<R>(_ body: (Element) async throws -> R) async rethrows -> [R] {
    var results: [R] = []
    for element in self { results.append(try await body(element)) }
    return results
  }
}
