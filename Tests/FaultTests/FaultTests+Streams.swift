internal import Foundation
internal import ServiceHarness
internal import Testing

extension FaultTests {
  /// Clients are cut off at random, a node is killed and comes back, some read nothing for a while.
  @Test("a thousand live streams each get every change of their tenant once, in order")
  func streamsLoseAndDoubleNothing() async throws {
    let seed = try FaultSettings.shared.get().seed
    let deadline = Date(timeIntervalSinceNow: Self.patience)
    try await Installation.with(InstallationOptions(nodes: 2, fsync: false)) { installation in
      let lab = try await StreamLab(installation, tenants: 5, deadline: deadline)
      let crowd = StreamCrowd(readers: 1000, tenants: lab.tenants, ports: installation.ports)
      async let running = onOwnThread { crowd.run(seed: seed, until: deadline) }
      try await lab.wait("all clients are ready") { crowd.ready == 1000 }
      crowd.cut(perSecond: 40)
      async let first: Void = lab.raise(20)
      try await Task.sleep(for: .seconds(2))
      await installation.killServer(1)
      try await first
      try await installation.startServer(1)
      try await lab.raise(20)
      crowd.cut(perSecond: 0)
      crowd.finish(at: try await lab.positions())
      try await lab.wait("every client has seen all") { crowd.isComplete }
      // Whose key is taken back is cut off; the others stay.
      crowd.stayAway()
      try await lab.revoke(0)
      try await Task.sleep(for: .seconds(3))
      crowd.stop()
      let report = try await running
      print(
        "FaultTests: \(report.messages) messages over \(report.connections) streams, seed \(seed)")
      #expect(report.faults.prefix(20) == [])
      #expect(report.unfinished == 0)
      #expect(report.connections > 1000)
      #expect(report.ends.count == 200)
      #expect(report.ends.allSatisfy { $0.contains(#""reason":"credential""#) })
      #expect(report.open == 800)
    }
  }

  @Test("a node with open streams stops at once when it is asked to, and says good-bye")
  func streamsDoNotHoldANodeUp() async throws {
    let deadline = Date(timeIntervalSinceNow: 120)
    try await Installation.with(InstallationOptions(fsync: false)) { installation in
      let lab = try await StreamLab(installation, tenants: 2, deadline: deadline)
      let crowd = StreamCrowd(readers: 100, tenants: lab.tenants, ports: installation.ports)
      async let running = onOwnThread { crowd.run(seed: 1, until: deadline) }
      try await lab.wait("all clients are ready") { crowd.ready == 100 }
      crowd.stayAway()
      crowd.finish(at: [0, 0])
      let start = ContinuousClock.now
      #expect(try await installation.stopServer(within: .seconds(20)) == 0)
      #expect(ContinuousClock.now - start < .seconds(10))
      try await Task.sleep(for: .milliseconds(200))
      crowd.stop()
      let report = try await running
      #expect(report.open == 0)
      #expect(report.ends.allSatisfy { $0.contains(#""reason":"unavailable""#) })
    }
  }
}

/// Tenants whose incidents are raised while streams follow them.
struct StreamLab: Sendable {
  let installation: Installation
  let tenants: [(slug: String, key: String)]
  let deadline: Date

  init(_ installation: Installation, tenants count: Int, deadline: Date) async throws {
    self.installation = installation
    self.deadline = deadline
    var tenants: [(slug: String, key: String)] = []
    for number in 1...count {
      let slug = "stream-\(number)"
      try await installation.makeOrganization(slug)
      tenants.append(
        (
          slug,
          try await installation.makeKey(
            organization: slug, scopes: ["incidents:read", "incidents:write"])
        ))
    }
    self.tenants = tenants
  }

  func wait(_ what: Comment, _ condition: () -> Bool) async throws {
    while Date() < deadline {
      if condition() { return }
      try await Task.sleep(for: .milliseconds(20))
    }
    Issue.record(what)
  }

  /// Opens so many incidents of each tenant, all tenants at once.
  func raise(_ count: Int) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for tenant in tenants {
        group.addTask {
          for number in 0..<count { try await open(tenant, number) }
        }
      }
      try await group.waitForAll()
    }
  }

  /// On either node, whichever answers.
  private func open(_ tenant: (slug: String, key: String), _ number: Int) async throws {
    let body = Array(
      #"{"title":"\#(tenant.slug)","reason":"number \#(number)","severity":"high"}"#.utf8)
    let request = HTTPRequest(
      "POST", "/api/incidents",
      headers: [("Authorization", "Bearer \(tenant.key)"), ("Content-Type", "application/json")],
      body: body)
    var node = number % installation.ports.count
    while Date() < deadline {
      if let answer = try? await installation.ask(request, node: node), answer.status == 201 {
        return
      }
      node = (node + 1) % installation.ports.count
      try await Task.sleep(for: .milliseconds(50))
    }
    throw HarnessError("no incident could be opened in time")
  }

  /// The number of each tenant's newest message.
  func positions() async throws -> [Int] {
    var positions: [Int] = []
    for tenant in tenants {
      positions.append(
        try await installation.database.number(
          """
          select max(outbox.sequence) from outbox
          join organizations on organizations.id = organization_id where slug = '\(tenant.slug)'
          """))
    }
    return positions
  }

  /// Takes the key of a tenant back.
  func revoke(_ tenant: Int) async throws {
    let id = tenants[tenant].key.dropFirst(3).prefix { $0 != "." }
    try await installation.command(["key", "revoke", "--org", tenants[tenant].slug, String(id)])
  }
}
