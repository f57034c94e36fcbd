import Core
import Logging
import NIOConcurrencyHelpers
import NIOCore
import Outbox
import Telemetry
import Testing

@testable import Access
@testable import Service

@Suite struct StreamHubTests {
  let ours = OrganizationID(1)
  let theirs = OrganizationID(2)

  func hub(_ edit: (inout StreamLimits) -> Void = { _ in }) -> StreamHub {
    var limits = StreamLimits()
    edit(&limits)
    return StreamHub(
      limits: limits,
      monitor: StreamMonitor(
        logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
        metrics: MetricsRegistry()))
  }

  func subscriber(
    of organization: OrganizationID, _ topics: Set<StreamTopic> = [.incidents],
    key: String = "0123456789abcdef", capacity: Int = 10,
    abort: @escaping @Sendable () -> Void = {}
  ) throws -> StreamSubscriber {
    StreamSubscriber(
      Principal(
        organization: organization, subject: .key(try #require(APIKeyID(rawValue: key))),
        scopes: [.incidentsRead]),
      topics: topics, capacity: capacity, abort: abort)
  }

  func message(_ sequence: Int64, of organization: OrganizationID) -> OutboxMessage {
    OutboxMessage(
      organization: organization, sequence: sequence, at: Timestamp(microseconds: 0),
      change: IncidentNotice(
        id: "i\(sequence)", number: sequence, revision: 1, status: "open", severity: "low",
        action: "opened", title: "t"))
  }

  @Test func eachGetsWhatIsHisOrganizationsOnce() async throws {
    let hub = hub()
    let mine = try subscriber(of: ours)
    let neighbours = try subscriber(of: theirs)
    #expect(hub.join(mine, newest: 4) == 4)
    #expect(hub.join(neighbours, newest: 0) == 0)
    hub.receive([message(5, of: ours), message(6, of: ours), message(1, of: theirs)])
    // Read again by an overlapping look.
    hub.receive([message(6, of: ours), message(7, of: ours)])
    #expect(await mine.next().messages.map(\.sequence) == [5, 6, 7])
    #expect(await neighbours.next().messages.map(\.sequence) == [1])
  }

  @Test func whoJoinsLaterBeginsWhereTheOthersAre() throws {
    let hub = hub()
    let first = try subscriber(of: ours)
    #expect(hub.join(first, newest: 4) == 4)
    hub.receive([message(5, of: ours)])
    // The database was asked before 5 was handed out.
    #expect(hub.join(try subscriber(of: ours), newest: 4) == 5)
    hub.leave(first)
    #expect(hub.positions(of: nil).map(\.position) == [5])
    #expect(hub.positions(of: [theirs]).isEmpty)
  }

  @Test func anOrganizationThatNobodyFollowsIsNotRead() throws {
    let hub = hub()
    let only = try subscriber(of: ours)
    _ = hub.join(only, newest: 1)
    #expect(hub.positions(of: nil).count == 1)
    hub.leave(only)
    #expect(hub.positions(of: nil).isEmpty)
  }

  @Test func seatsAreBoundedAndGivenBack() throws {
    let hub = hub {
      $0.connections = 3
      $0.connectionsPerOrganization = 2
    }
    var seats = [try hub.reserve(ours), try hub.reserve(ours)]
    #expect(throws: Problem.self) { try hub.reserve(ours) }
    seats.append(try hub.reserve(theirs))
    do {
      _ = try hub.reserve(theirs)
      Issue.record("there was no room")
    } catch {
      #expect(error.status == 503)
      #expect(error.retryAfterSeconds != nil)
    }
    seats.removeFirst()
    seats.append(try hub.reserve(ours))
    do {
      _ = try hub.reserve(ours)
      Issue.record("the organization has no more")
    } catch {
      #expect([429, 503].contains(error.status))
    }
  }

  @Test func aRevokedKeyIsLookedAtAndNobodyElse() async throws {
    let hub = hub()
    let revoked = try subscriber(of: ours, key: "0123456789abcdef")
    let other = try subscriber(of: ours, key: "fedcba9876543210")
    _ = hub.join(revoked, newest: 0)
    _ = hub.join(other, newest: 0)
    hub.heard("key 0123456789abcdef", on: "harrier_access")
    #expect(await revoked.next().isCheckDue)
    hub.receive([message(1, of: ours)])
    #expect(await other.next().isCheckDue == false)
    _ = await revoked.next()
    // The node's memory of credentials may have been a moment behind.
    hub.tick(.now + .seconds(2))
    #expect(await revoked.next().isCheckDue)
  }

  @Test func storedEventsAreCountedForWhoWantsThem() async throws {
    let hub = hub()
    let wants = try subscriber(of: ours, [.events])
    let not = try subscriber(of: ours, [.incidents])
    _ = hub.join(wants, newest: 0)
    _ = hub.join(not, newest: 0)
    hub.heard("1 500,2 7", on: "harrier_events")
    hub.heard("1 20,x,3", on: "harrier_events")
    #expect(await wants.next().stored == 520)
    hub.receive([message(1, of: ours)])
    #expect(await not.next().stored == 0)
  }

  @Test func silenceBringsAHeartbeatAndAStandstillTheEnd() async throws {
    let aborted = Flag()
    let hub = hub {
      $0.heartbeat = .seconds(15)
      $0.stall = .seconds(60)
    }
    let reader = try subscriber(of: ours) { aborted.raise() }
    _ = hub.join(reader, newest: 0)
    hub.receive([message(1, of: ours)])
    // The first delivery is being written until the next is asked for.
    #expect(await reader.next().messages.count == 1)
    hub.tick(.now + .seconds(20))
    #expect(!aborted.isRaised)
    hub.tick(.now + .seconds(61))
    #expect(aborted.isRaised)
    let idle = try subscriber(of: ours)
    _ = hub.join(idle, newest: 0)
    async let delivery = idle.next()
    while !idle.isWaiting { await Task.yield() }
    hub.tick(.now + .seconds(16))
    let got = await delivery
    #expect(got.isHeartbeatDue && got.isCheckDue)
  }

  @Test func closingEndsAllAndOpensNoMore() async throws {
    let hub = hub()
    let reader = try subscriber(of: ours)
    _ = hub.join(reader, newest: 0)
    hub.close()
    #expect(await reader.next().end == .unavailable)
    #expect(throws: Problem.self) { try hub.reserve(ours) }
    #expect(hub.join(reader, newest: 0) == nil)
  }

  @Test func theTextIsThatOfServerSentEvents() {
    let text = String(buffer: StreamMessage(message(7, of: ours)).bytes)
    #expect(
      text == """
        id: 7
        event: incident.opened
        data: {"id":"i7","number":"INC-7","revision":1,"status":"open","severity":"low",\
        "action":"opened","title":"t","at":"1970-01-01T00:00:00.000000Z"}


        """)
  }

  @Test func topicsAreReadStrictly() throws {
    #expect(try StreamTopic.read(nil) == [.incidents])
    #expect(try StreamTopic.read("events,incidents,events") == [.events, .incidents])
    for text in ["", "incidents,", "incident", "incidents, events", "Incidents"] {
      #expect(throws: Problem.self) { try StreamTopic.read(text) }
    }
  }
}

private final class Flag: Sendable {
  private let value = NIOLockedValueBox(false)
  var isRaised: Bool { value.withLockedValue { $0 } }
  func raise() { value.withLockedValue { $0 = true } }
}
