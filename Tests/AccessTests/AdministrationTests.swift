import Core
import Postgres
import Testing

@testable import Access

@Suite struct AdministrationTests {
  @Test func organizationsHaveSlugs() async throws {
    let house = try await House()
    let administration = house.access.administration
    #expect(try await administration.organizations() == [house.acme, house.other])
    #expect(try await administration.organization(slug: "acme") == house.acme)
    #expect(try await administration.organization(slug: "nobody") == nil)
    #expect(try await administration.organization(slug: "Acme\u{0}") == nil)
    let problem = try await #require(throws: Problem.self) {
      _ = try await administration.createOrganization(slug: "acme", name: "Again")
    }
    #expect(problem.status == 409)
    #expect(problem.errors.map(\.pointer) == ["/slug"])
  }

  @Test(arguments: ["", "-a", "A", "a_b", "a b", "ä", String(repeating: "a", count: 64), "a\u{0}"])
  func slugsAreChecked(text: String) async throws {
    let house = try await House()
    let found = try await slug {
      _ = try await house.access.administration.createOrganization(slug: text, name: "Name")
    }
    #expect(found == "invalid_request")
  }

  @Test(arguments: ["", "   ", "a\u{0}b", "a\nb", String(repeating: "a", count: 201)])
  func namesAreChecked(name: String) async throws {
    let house = try await House()
    let administration = house.access.administration
    let organization = try await slug {
      _ = try await administration.createOrganization(slug: "new", name: name)
    }
    let key = try await slug {
      _ = try await administration.createKey(in: house.acme.id, name: name, scopes: .eventsWrite)
    }
    #expect(organization == "invalid_request")
    #expect(key == "invalid_request")
  }

  @Test func anEmailIsTakenOnceInTheInstallation() async throws {
    let house = try await House()
    let user = try await house.user("Anna@Example.org", role: .lead)
    #expect(user.email.rawValue == "anna@example.org")
    #expect(user.role == .lead)
    #expect(user.organization == house.acme.id)
    #expect(try await house.access.administration.users(of: house.acme.id) == [user])
    #expect(try await house.access.administration.users(of: house.other.id) == [])
    let problem = try await #require(throws: Problem.self) {
      _ = try await house.access.administration.createUser(
        in: house.other.id, email: "anna@example.org", password: House.password, role: .viewer)
    }
    #expect(problem.slug == "conflict")
    #expect(problem.errors.map(\.pointer) == ["/email"])
  }

  @Test func aUserNeedsAnEmailAPasswordAndAnOrganization() async throws {
    let house = try await House()
    let administration = house.access.administration
    for (email, password, organization, expected) in [
      ("anna", House.password, house.acme.id, "invalid_request"),
      ("anna@example.org", Secret("short"), house.acme.id, "invalid_request"),
      ("anna@example.org", House.password, OrganizationID(9999), "not_found"),
    ] {
      let found = try await slug {
        _ = try await administration.createUser(
          in: organization, email: email, password: password, role: .viewer)
      }
      #expect(found == expected)
    }
  }

  @Test func theDatabaseHoldsNoSecretInPlain() async throws {
    let house = try await House()
    _ = try await house.user()
    let made = try await house.key()
    let tokens = try await house.login()
    let dump = try await house.pool.withConnection { connection in
      try ["users", "api_keys", "sessions", "refresh_tokens"].flatMap { table in
        try connection.query(
          PostgresStatement(
            "test.dump", "select t::text || encode(t::text::bytea, 'base64') from \(table) t")
        ) { try $0.text(0) }
      }.joined()
    }
    let secret = try #require(made.text.reveal().split(separator: ".").last)
    for text in [
      House.password.reveal(), String(secret), tokens.refreshToken.reveal(),
      String(tokens.refreshToken.reveal().dropFirst(3)), tokens.accessToken.reveal(),
    ] {
      #expect(!dump.contains(text))
    }
    #expect(dump.contains("$scrypt$ln=4,r=1,p=1$"))
  }

  @Test func keysNeedScopesAndAFuture() async throws {
    let house = try await House()
    #expect(try await slug { _ = try await house.key([]) } == "invalid_request")
    let now = house.clock.now
    #expect(try await slug { _ = try await house.key(expiresAt: now) } == "invalid_request")
    let elsewhere = try await slug {
      _ = try await house.access.administration.createKey(
        in: OrganizationID(9999), name: "sensor", scopes: .eventsWrite)
    }
    #expect(elsewhere == "not_found")
  }

  @Test func anotherOrganizationsKeyIsNotThere() async throws {
    let house = try await House()
    let made = try await house.key()
    let administration = house.access.administration
    let id = made.key.id
    #expect(
      try await slug { try await administration.revokeKey(id, in: house.other.id) } == "not_found")
    #expect(
      try await slug { _ = try await administration.rotateKey(id, in: house.other.id) }
        == "not_found")
    #expect(try await administration.keys(of: house.other.id).isEmpty)
    #expect(try await administration.keys(of: house.acme.id) == [made.key])
    _ = try await house.access.authenticate(made.text)
  }

  @Test func rotationLeavesTimeToChangeOver() async throws {
    let house = try await House()
    let old = try await house.key([.eventsWrite, .eventsRead])
    let new = try await house.access.administration.rotateKey(
      old.key.id, in: house.acme.id, graceSeconds: 60)
    #expect(new.key.id != old.key.id)
    #expect(new.key.name == old.key.name)
    #expect(new.key.scopes == old.key.scopes)
    #expect(new.key.expiresAt == nil)
    house.clock.advance(.seconds(59))
    _ = try await house.access.authenticate(old.text)
    _ = try await house.access.authenticate(new.text)
    house.clock.advance(.seconds(1))
    #expect(try await slug { _ = try await house.access.authenticate(old.text) } == "key_expired")
    _ = try await house.access.authenticate(new.text)
  }

  @Test func rotationKeepsTheLifetimeAndNeverLengthensTheOldOne() async throws {
    let house = try await House()
    let end = house.clock.now.advanced(byMicroseconds: 100_000_000)
    let old = try await house.key(expiresAt: end)
    house.clock.advance(.seconds(30))
    let new = try await house.access.administration.rotateKey(old.key.id, in: house.acme.id)
    #expect(new.key.expiresAt == house.clock.now.advanced(byMicroseconds: 100_000_000))
    let keys = try await house.access.administration.keys(of: house.acme.id)
    #expect(keys.first { $0.id == old.key.id }?.expiresAt == end)
  }

  @Test func aRevokedKeyIsNotRotated() async throws {
    let house = try await House()
    let made = try await house.key()
    try await house.access.administration.revokeKey(made.key.id, in: house.acme.id)
    let first = try await house.access.administration.keys(of: house.acme.id).map(\.revokedAt)
    house.clock.advance(.seconds(5))
    try await house.access.administration.revokeKey(made.key.id, in: house.acme.id)
    #expect(try await house.access.administration.keys(of: house.acme.id).map(\.revokedAt) == first)
    let found = try await slug {
      _ = try await house.access.administration.rotateKey(made.key.id, in: house.acme.id)
    }
    #expect(found == "conflict")
  }

  @Test func graceHasBounds() async throws {
    let house = try await House()
    let made = try await house.key()
    for seconds in [-1, 365 * 86400 + 1] {
      let found = try await slug {
        _ = try await house.access.administration.rotateKey(
          made.key.id, in: house.acme.id, graceSeconds: seconds)
      }
      #expect(found == "invalid_request")
    }
  }

  @Test func aNewPasswordEndsSessionsAndTakesEffect() async throws {
    let house = try await House()
    let user = try await house.user()
    let tokens = try await house.login()
    let new = Secret("another horse")
    let administration = house.access.administration
    try await administration.setPassword(of: user.id, in: house.acme.id, to: new)
    #expect(
      try await slug { _ = try await house.access.authenticate(tokens.accessToken) }
        == "session_ended")
    #expect(
      try await slug { _ = try await house.access.auth.refresh(tokens.refreshToken) }
        == "session_ended")
    #expect(try await slug { _ = try await house.login() } == "login_failed")
    _ = try await house.access.auth.login(email: "anna@example.org", password: new, address: here)
    let elsewhere = try await slug {
      try await administration.setPassword(of: user.id, in: house.other.id, to: new)
    }
    #expect(elsewhere == "not_found")
  }

  @Test func aDisabledUserIsOut() async throws {
    let house = try await House()
    let user = try await house.user()
    let tokens = try await house.login()
    let administration = house.access.administration
    #expect(
      try await slug { try await administration.disableUser(user.id, in: house.other.id) }
        == "not_found")
    _ = try await house.access.authenticate(tokens.accessToken)
    try await administration.disableUser(user.id, in: house.acme.id)
    house.clock.advance(.seconds(1))
    #expect(
      try await slug { _ = try await house.access.authenticate(tokens.accessToken) }
        == "session_ended")
    #expect(try await slug { _ = try await house.login() } == "login_failed")
    #expect(try await administration.users(of: house.acme.id).map(\.disabledAt) != [nil])
  }
}
