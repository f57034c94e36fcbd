import Core
import Postgres
import TestServers
import Testing

@testable import Access

@Suite struct KeyAuthenticatorTests {
  @Test func aKeySaysWhoseItIsAndWhatItMay() async throws {
    let house = try await House()
    let made = try await house.key([.eventsWrite, .eventsRead])
    let principal = try await house.access.authenticate(made.text)
    #expect(principal.organization == house.acme.id)
    #expect(principal.subject == .key(made.key.id))
    #expect(principal.keyID == made.key.id)
    #expect(principal.scopes == [.eventsWrite, .eventsRead])
    #expect(principal.role == nil)
    #expect(principal.session == nil)
  }

  @Test func aKeyInUseDoesNotTouchTheDatabase() async throws {
    let house = try await House()
    let made = try await house.key()
    _ = try await house.access.authenticate(made.text)
    let before = house.statements.total
    for _ in 0..<100 { _ = try await house.access.authenticate(made.text) }
    #expect(house.statements.total == before)
  }

  @Test func passwordsAreNeverHashedForAKey() async throws {
    let house = try await House()
    let made = try await house.key()
    _ = try await house.access.authenticate(made.text)
    #expect(house.access.auth.passwords.derivationCount == 0)
  }

  @Test func unknownAndWrongLookTheSame() async throws {
    let house = try await House()
    let made = try await house.key()
    let wrong = Secret("hk_\(made.key.id).\(Base64.urlEncoded(Array(repeating: 7, count: 32)))")
    let unknown = NewAPIKey().text
    var problems: [Problem] = []
    for secret in [wrong, unknown] {
      problems.append(
        try await #require(throws: Problem.self) {
          _ = try await house.access.authenticate(secret)
        })
    }
    #expect(problems.map(\.slug) == ["credentials_invalid", "credentials_invalid"])
    #expect(problems[0].detail == problems[1].detail)
    // Both asked the database once and hashed once.
    #expect(house.statements.count("api_keys.for_authentication") == 2)
    _ = try await house.access.authenticate(made.text)
    #expect(house.statements.count("api_keys.for_authentication") == 2)
  }

  @Test func anUnknownKeyIsAskedForOnce() async throws {
    let house = try await House()
    let unknown = NewAPIKey().text
    for _ in 0..<10 {
      #expect(
        try await slug { _ = try await house.access.authenticate(unknown) } == "credentials_invalid"
      )
    }
    #expect(house.statements.count("api_keys.for_authentication") == 1)
  }

  @Test func anExpiredKeyIsRefusedAtThatMoment() async throws {
    let house = try await House()
    let end = house.clock.now.advanced(byMicroseconds: 500_000)
    let made = try await house.key(expiresAt: end)
    house.clock.advance(.milliseconds(499))
    _ = try await house.access.authenticate(made.text)
    house.clock.advance(.milliseconds(1))
    #expect(try await slug { _ = try await house.access.authenticate(made.text) } == "key_expired")
  }

  @Test func onlyTheHolderLearnsThatAKeyWasRevoked() async throws {
    let house = try await House()
    let made = try await house.key()
    try await house.access.administration.revokeKey(made.key.id, in: house.acme.id)
    let wrong = Secret("hk_\(made.key.id).\(Base64.urlEncoded(Array(repeating: 7, count: 32)))")
    #expect(try await slug { _ = try await house.access.authenticate(made.text) } == "key_revoked")
    #expect(
      try await slug { _ = try await house.access.authenticate(wrong) } == "credentials_invalid")
  }

  @Test func aRevokedKeyIsRefusedAfterASecondWithoutAnyAnnouncement() async throws {
    let house = try await House()
    let made = try await house.key()
    _ = try await house.access.authenticate(made.text)
    try await house.access.administration.revokeKey(made.key.id, in: house.acme.id)
    house.clock.advance(.seconds(1))
    #expect(try await slug { _ = try await house.access.authenticate(made.text) } == "key_revoked")
  }

  /// The clock stands still, so only the announcement can have done it.
  @Test func otherNodesHearOfAChangeMadeByHand() async throws {
    let house = try await House()
    let node = try await house.node()
    let made = try await house.key()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await node.run() }
      // The node is listening when a change to a name that it knows reaches it.
      _ = try await node.authenticate(made.text)
      try await house.run("update api_keys set revoked_at = now() where id = '\(made.key.id)'")
      var refused: String?
      for _ in 0..<2000 where refused == nil {
        refused = try await slug { _ = try await node.authenticate(made.text) }
        if refused == nil { try await Task.sleep(for: .milliseconds(5)) }
      }
      #expect(refused == "key_revoked")
      group.cancelAll()
    }
    #expect(house.events.names.isEmpty)
  }

  @Test(arguments: ["", "key", "session", "nonsense 1", "sessions 1"])
  func anAnnouncementThatIsNotUnderstoodForgetsAll(payload: String) async throws {
    let house = try await House()
    let made = try await house.key()
    _ = try await house.access.authenticate(made.text)
    house.access.invalidation.apply(payload)
    #expect(house.events.names == ["unknownAnnouncement"])
    let before = house.statements.total
    _ = try await house.access.authenticate(made.text)
    #expect(house.statements.total == before + 1)
  }

  @Test func changesOfScopesAreAnnouncedButNotUse() async throws {
    let house = try await House()
    let made = try await house.key()
    let listener = PostgresListener(
      configuration: house.database.configuration, channels: ["harrier_access"])
    var heard: [String] = []
    for await notification in listener.notifications() {
      if case .notification(_, let payload) = notification {
        heard.append(payload)
        if payload == "end" { break }
      } else {
        try await house.run(
          """
          update api_keys set last_used_at = now() where id = '\(made.key.id)';
          update api_keys set scopes = '{events:read}' where id = '\(made.key.id)';
          select pg_notify('harrier_access', 'end');
          """)
      }
    }
    #expect(heard == ["key \(made.key.id)", "end"])
  }

  @Test func timesOfUseAreWrittenTogether() async throws {
    let house = try await House()
    let used = try await [house.key(), house.key()]
    let unused = try await house.key()
    for _ in 0..<3 {
      for made in used { _ = try await house.access.authenticate(made.text) }
    }
    await house.access.usageWriter.write()
    await house.access.usageWriter.write()
    #expect(house.statements.count("api_keys.record_use") == 1)
    let keys = try await house.access.administration.keys(of: house.acme.id)
    for key in keys {
      #expect(key.lastUsedAt == (key.id == unused.key.id ? nil : house.clock.now))
    }
  }

  @Test func timesOfUseAreKeptWhenTheyCannotBeWritten() async throws {
    let house = try await House()
    let made = try await house.key()
    _ = try await house.access.authenticate(made.text)
    try await house.run("alter table api_keys rename column last_used_at to elsewhere")
    await house.access.usageWriter.write()
    #expect(house.events.names == ["keyUsageNotWritten"])
    try await house.run("alter table api_keys rename column elsewhere to last_used_at")
    await house.access.usageWriter.write()
    let keys = try await house.access.administration.keys(of: house.acme.id)
    #expect(keys.map(\.lastUsedAt) == [house.clock.now])
  }

  @Test func aScopeOfALaterVersionIsLeftOut() async throws {
    let house = try await House()
    let made = try await house.key()
    try await house.run("update api_keys set scopes = '{events:read,fly:moon,NULL}'")
    #expect(try await house.access.authenticate(made.text).scopes == .eventsRead)
  }

  @Test func withoutADatabaseTheErrorIsNotTheCallers() async throws {
    let house = try await House()
    let made = try await house.key()
    await house.pool.shutdown()
    await #expect(throws: PostgresError.self) {
      _ = try await house.access.authenticate(made.text)
    }
  }
}
