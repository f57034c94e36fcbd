import Access
import Core
import Postgres
import TestServers
import Testing

/// What one node revokes, another one refuses within a second, whether or not it hears of it.
@Suite struct RevocationTests {
  /// Runs `body` with two nodes that listen.
  private static func onTwoNodes(
    _ body: (House, AccessControl, AccessControl) async throws -> Void
  ) async throws {
    let house = try await House()
    let nodes = try await (steadyNode(house), steadyNode(house))
    try await withThrowingDiscardingTaskGroup { group in
      for node in [nodes.0, nodes.1] { group.addTask { await node.run() } }
      try await Self.waitForListeners(house, count: 2)
      try await body(house, nodes.0, nodes.1)
      group.cancelAll()
    }
  }

  /// A node whose clocks are the system's.
  private static func steadyNode(_ house: House) async throws -> AccessControl {
    var configuration = AccessConfiguration()
    configuration.passwordCost = cheap
    return try await AccessControl(
      pool: house.database.pool(), listening: house.database.configuration,
      configuration: configuration)
  }

  private static func waitForListeners(_ house: House, count: Int) async throws {
    let listeners = PostgresStatement(
      "test.listeners",
      """
      select count(*) from pg_stat_activity
      where datname = current_database() and query ilike 'listen%'
      """)
    for _ in 0..<200 {
      let found = try await house.pool.withConnection { connection in
        try connection.query(listeners) { try $0.int8(0) }
      }
      if found.first ?? 0 >= count { return }
      try await Task.sleep(for: .milliseconds(20))
    }
    Issue.record("the nodes do not listen")
  }

  /// Nil where the credential was still good after a second.
  private static func slug(of secret: Secret<String>, on node: AccessControl) async -> String? {
    let deadline = ContinuousClock.now + .seconds(1)
    while ContinuousClock.now < deadline {
      do {
        _ = try await node.authenticate(secret)
      } catch let problem as Problem {
        return problem.slug
      } catch {
        return "\(error)"
      }
      do { try await Task.sleep(for: .milliseconds(5)) } catch { return nil }
    }
    return nil
  }

  private static func silence(_ house: House) async throws {
    try await house.run(
      """
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and query ilike 'listen%'
      """)
  }

  @Test(arguments: [false, true]) func aRevokedKeyIsRefusedEverywhere(silent: Bool) async throws {
    try await Self.onTwoNodes { house, one, two in
      let key = try await one.administration.createKey(
        in: house.acme.id, name: "sensor", scopes: .eventsWrite)
      _ = try await two.authenticate(key.text)
      if silent { try await Self.silence(house) }
      try await one.administration.revokeKey(key.key.id, in: house.acme.id)
      #expect(await Self.slug(of: key.text, on: two) == "key_revoked")
    }
  }

  @Test(arguments: [false, true]) func anEndedSessionIsRefusedEverywhere(silent: Bool) async throws
  {
    try await Self.onTwoNodes { house, one, two in
      _ = try await house.user()
      let pair = try await one.auth.login(
        email: "anna@example.org", password: House.password, address: here)
      let principal = try await two.authenticate(pair.accessToken)
      if silent { try await Self.silence(house) }
      try await one.auth.endSession("\(try #require(principal.session))", of: principal)
      #expect(await Self.slug(of: pair.accessToken, on: two) == "session_ended")
    }
  }

  @Test(arguments: [false, true]) func aDisabledUserIsRefusedEverywhere(silent: Bool) async throws {
    try await Self.onTwoNodes { house, one, two in
      let user = try await house.user()
      let pair = try await one.auth.login(
        email: "anna@example.org", password: House.password, address: here)
      _ = try await two.authenticate(pair.accessToken)
      if silent { try await Self.silence(house) }
      try await one.administration.disableUser(user.id, in: house.acme.id)
      #expect(await Self.slug(of: pair.accessToken, on: two) == "session_ended")
    }
  }

  @Test(arguments: [false, true]) func aPolicyHoldsEverywhere(silent: Bool) async throws {
    try await Self.onTwoNodes { house, one, two in
      let key = try await one.administration.createKey(
        in: house.acme.id, name: "script", scopes: .eventsRead, tier: .highest)
      #expect(try await two.authenticate(key.text).tier == .highest)
      if silent { try await Self.silence(house) }
      var change = OrganizationChange()
      change.keyTier = .low
      change.userTier = .low
      change.maximumTier = .low
      _ = try await one.administration.changeOrganization(change, by: operatorOf(house.acme.id))
      let deadline = ContinuousClock.now + .seconds(1)
      var tier = RateTier.highest
      while ContinuousClock.now < deadline, tier != .low {
        tier = try await two.authenticate(key.text).tier
        try await Task.sleep(for: .milliseconds(5))
      }
      #expect(tier == .low)
    }
  }
}
