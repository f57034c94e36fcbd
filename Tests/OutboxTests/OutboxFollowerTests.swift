import Core
import NIOConcurrencyHelpers
import Postgres
import TestServers
import Testing

@testable import Outbox

@Suite struct OutboxFollowerTests {
  /// Follows some organizations, and keeps what it gets.
  final class Collector: OutboxReader {
    private let state: NIOLockedValueBox<[OrganizationID: [Int64]]>
    private let heardTexts = NIOLockedValueBox<[String]>([])

    init(_ organizations: [OrganizationID]) {
      state = NIOLockedValueBox(Dictionary(uniqueKeysWithValues: organizations.map { ($0, []) }))
    }

    func positions(
      of changed: Set<OrganizationID>?
    ) -> [(organization: OrganizationID, position: Int64)] {
      state.withLockedValue { state in
        state.filter { changed?.contains($0.key) ?? true }.map { ($0.key, $0.value.last ?? 0) }
      }
    }

    func receive(_ messages: [OutboxMessage]) {
      state.withLockedValue {
        for message in messages { $0[message.organization]?.append(message.sequence) }
      }
    }

    func heard(_ payload: String, on channel: String) {
      heardTexts.withLockedValue { $0.append("\(channel): \(payload)") }
    }

    func got(_ organization: OrganizationID) -> [Int64] {
      state.withLockedValue { $0[organization] ?? [] }
    }

    var heard: [String] { heardTexts.withLockedValue { $0 } }
  }

  func wait(_ condition: () -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(20)
    while !condition(), ContinuousClock.now < deadline {
      try await Task.sleep(for: .milliseconds(5))
    }
    #expect(condition())
  }

  @Test func itReadsWhatIsFollowedOnceAndInOrder() async throws {
    let database = try await OutboxDatabase()
    let ours = try await database.organization("ours")
    let theirs = try await database.organization("theirs")
    for _ in 0..<3 { _ = try await database.open(ours) }
    let collector = Collector([ours])
    let follower = OutboxFollower(
      pool: database.pool, listening: database.database.configuration, reader: collector,
      otherChannels: ["other"], pollInterval: .seconds(600))
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await follower.run() }
      try await wait { collector.got(ours).count == 3 }
      _ = try await database.open(theirs)
      _ = try await database.open(ours)
      try await wait { collector.got(ours).count == 4 }
      try await database.execute("select pg_notify('other', 'hello')")
      try await wait { collector.heard == ["other: hello"] }
      #expect(collector.got(ours) == [1, 2, 3, 4])
      #expect(collector.got(theirs) == [])
      group.cancelAll()
    }
  }

  /// More than one statement reads at a time.
  @Test func alongBacklogIsReadToItsEnd() async throws {
    let database = try await OutboxDatabase()
    let ours = try await database.organization("ours")
    _ = try await database.open(ours)
    try await database.execute(
      """
      insert into outbox (organization_id, topic, payload)
      select organization_id, topic, payload from outbox, generate_series(1, 1200)
      """)
    let collector = Collector([ours])
    let follower = OutboxFollower(
      pool: database.pool, listening: database.database.configuration, reader: collector,
      pollInterval: .seconds(600))
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await follower.run() }
      try await wait { collector.got(ours).count == 1201 }
      #expect(collector.got(ours) == Array(1...1201))
      group.cancelAll()
    }
  }

  /// The poll finds what no announcement told of.
  @Test func aLostAnnouncementIsMadeGood() async throws {
    let database = try await OutboxDatabase()
    let ours = try await database.organization("ours")
    _ = try await database.open(ours)
    let collector = Collector([ours])
    let follower = OutboxFollower(
      pool: database.pool, listening: database.database.configuration, reader: collector,
      pollInterval: .milliseconds(100))
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await follower.run() }
      try await wait { collector.got(ours) == [1] }
      try await database.execute(
        """
        insert into outbox (organization_id, topic, payload)
        select organization_id, topic, payload from outbox
        """)
      try await wait { collector.got(ours) == [1, 2] }
      group.cancelAll()
    }
  }
}
