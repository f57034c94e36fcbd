import Access
import Core
import Testing

/// What a person does to his own login.
@Suite struct AccountTests {
  private static let newPassword = Secret("another long password")

  @Test func aNewPasswordEndsTheOtherSessions() async throws {
    let house = try await House()
    _ = try await house.user()
    let (here1, there) = try await (house.login(), house.login())
    let principal = try await house.access.authenticate(here1.accessToken)
    #expect(try await house.access.auth.sessions(of: principal).count == 2)
    try await house.access.auth.changePassword(
      of: principal, from: House.password, to: Self.newPassword, address: here)
    #expect(try await house.access.auth.sessions(of: principal).map(\.id) == [principal.session])
    house.clock.advance(.seconds(2))
    _ = try await house.access.authenticate(here1.accessToken)
    await #expect(throws: Problem.self) {
      try await house.access.authenticate(there.accessToken)
    }
    await #expect(throws: Problem.self) { try await house.login() }
    _ = try await house.access.auth.login(
      email: "anna@example.org", password: Self.newPassword, address: here)
  }

  @Test func theOldPasswordIsNeeded() async throws {
    let house = try await House { $0.loginLimits.pair = 3 }
    _ = try await house.user()
    let pair = try await house.login()
    let principal = try await house.access.authenticate(pair.accessToken)
    var slugs: [String] = []
    for _ in 0..<4 {
      do {
        try await house.access.auth.changePassword(
          of: principal, from: Secret("a wrong password"), to: Self.newPassword, address: here)
      } catch let problem as Problem {
        slugs.append(problem.slug)
      }
    }
    #expect(slugs == ["password_wrong", "password_wrong", "password_wrong", "login_limited"])
  }

  @Test func aKeyHasNeitherPasswordNorSessions() async throws {
    let house = try await House()
    let principal = try await house.access.authenticate(try await house.key().text)
    let error = await #expect(throws: Problem.self) {
      try await house.access.auth.changePassword(
        of: principal, from: House.password, to: Self.newPassword, address: here)
    }
    #expect(error?.slug == "user_needed")
    await #expect(throws: Problem.self) { try await house.access.auth.sessions(of: principal) }
  }

  @Test func anothersSessionIsNotThere() async throws {
    let house = try await House()
    _ = try await house.user()
    _ = try await house.user("bert@example.org")
    let anna = try await house.access.authenticate(try await house.login().accessToken)
    let bert = try await house.access.authenticate(
      try await house.login("bert@example.org").accessToken)
    let error = await #expect(throws: Problem.self) {
      try await house.access.auth.endSession("\(try #require(anna.session))", of: bert)
    }
    #expect(error?.slug == "not_found")
    #expect(try await house.access.auth.sessions(of: anna).first?.address == here)
  }
}
