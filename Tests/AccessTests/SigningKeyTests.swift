import Core
import Postgres
import Testing

@testable import Access

@Suite struct SigningKeyTests {
  private func count(_ house: House) async throws -> Int64 {
    try await house.pool.withConnection {
      try $0.query(PostgresStatement("test.count", "select count(*) from signing_keys")) {
        try $0.int8(0)
      }[0]
    }
  }

  @Test func nodesThatStartTogetherShareOneKey() async throws {
    let house = try await House()
    try await house.run("delete from signing_keys")
    let nodes = try await withThrowingTaskGroup(of: AccessControl.self) { group in
      for _ in 0..<6 { group.addTask { try await house.node() } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(try await count(house) == 1)
    _ = try await house.user()
    let tokens = try await nodes[0].auth.login(
      email: "anna@example.org", password: House.password, address: here)
    let cursor = nodes[0].cursors.sign([1], filter: "f".utf8)
    for node in nodes {
      _ = try await node.authenticate(tokens.accessToken)
      #expect(try node.cursors.verify(cursor, filter: "f".utf8) == [1])
    }
    // The first node's key was deleted: its tokens are worth nothing there.
    #expect(
      try await slug { _ = try await house.access.authenticate(tokens.accessToken) }
        == "token_invalid")
  }

  @Test func aConfiguredSecretIsNotStored() async throws {
    let secret = Array("0123456789abcdef0123456789abcdef".utf8)
    let house = try await House { $0.signingKey = .configured(Secret(secret)) }
    #expect(try await count(house) == 0)
    let node = try await house.node { $0.signingKey = .configured(Secret(secret)) }
    _ = try await house.user()
    _ = try await node.authenticate(try await house.login().accessToken)
  }

  @Test func aRetiredKeyIsNotUsed() async throws {
    let house = try await House()
    _ = try await house.user()
    let tokens = try await house.login()
    try await house.run("update signing_keys set retired_at = now()")
    let node = try await house.node()
    #expect(try await count(house) == 2)
    #expect(
      try await slug { _ = try await node.authenticate(tokens.accessToken) } == "token_invalid")
  }

  @Test func aSecretThatIsTooShortStopsTheStart() async throws {
    let house = try await House()
    await #expect(throws: AccessError.self) {
      _ = try await house.node { $0.signingKey = .configured(Secret([1, 2, 3])) }
    }
  }
}
