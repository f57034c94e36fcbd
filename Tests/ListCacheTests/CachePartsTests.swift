import Core
import NIOConcurrencyHelpers
import Testing

@testable import ListCache

@Suite struct CachePartsTests {
  @Test(arguments: [
    "", "incidents", "incidents:", "incidents:**", "incidents:*:org", "incidents::*", ":*",
    "incidents: :*", "incidents:org:é:*", "a*", "a:b:c:d:e:f:g:h:i:*",
  ])
  func refusesPattern(text: String) {
    let error = #expect(throws: ListCacheError.self) { try CachePattern(text) }
    #expect(error?.code == .invalidPattern)
  }

  @Test func patternsKnowWhatReachesFurther() {
    let pattern: CachePattern = "events:org:42:2026-11:*"
    #expect(pattern.description == "events:org:42:2026-11:*")
    #expect(
      pattern.withAncestors.map(\.description) == [
        "*", "events:*", "events:org:*", "events:org:42:*", "events:org:42:2026-11:*",
      ])
    #expect(CachePattern("*") == .all)
    #expect(CachePattern.all.withAncestors == [.all])
  }

  @Test func scopesDoNotDependOnTheOrderOfTheirPrefixes() {
    let months: [CachePattern] = ["events:org:1:2026-10:*", "events:org:1:2026-11:*"]
    let one = CacheScope(list: "l", organization: nil, within: months)
    let two = CacheScope(list: "l", organization: nil, within: months.reversed() + months)
    #expect(one == two)
    #expect(one.prefixes.count == 6)
    #expect(CacheScope(list: "l", organization: nil, within: []).prefixes == [.all])
  }

  @Test func keysHaveTheirForm() {
    let scope = CacheScope(list: "incidents.list", organization: OrganizationID(42), within: [])
    let key = ListCache.key(scope, query: "a", generations: "7.8")
    // FNV-1a 128 of "a", draft-eastlake-fnv appendix C.
    #expect(key == "h:42:incidents.list:7.8:d228cb696f1a8caf78912b704e4a8964")
    #expect(StableHash.hex64("foobar") == "85944171f73967e8")
    #expect(StableHash.hex128("") == "6c62272e07bb014262b821756295c58d")
  }

  @Test func entriesRoundTripAndNothingElseIsOne() {
    let entry = CacheEntry(
      storedAt: Timestamp(microseconds: -5), etag: "\"é\"", query: "q=ü", body: [0, 255, 10])
    #expect(CacheEntry(entry.encoded) == entry)
    for count in 0..<(entry.encoded.count - entry.body.count) {
      #expect(CacheEntry(Array(entry.encoded[..<count])) == nil)
    }
    var huge = entry.encoded
    huge[9] = 255
    #expect(CacheEntry(huge) == nil)
    var notText = entry.encoded
    notText[18] = 0xFF
    #expect(CacheEntry(notText) == nil)
  }

  @Test func lifetimesAreJittered() {
    var random = SystemRandomNumberGenerator()
    let values = (0..<500).map { _ in CacheLifetime.list.jittered(using: &random) }
    #expect(values.allSatisfy { (108_000...132_000).contains($0) })
    #expect(Set(values).count > 50)
    #expect(CacheLifetime(milliseconds: 1).jittered(using: &random) == 1)
  }

  /// Half of the SHA-256 of nothing and of `abc` (FIPS 180-2), so on every node and after every start.
  @Test func tagsAreHashesOfTheBody() {
    #expect(ListCache.etag([]) == "\"e3b0c44298fc1c149afbf4c8996fb924\"")
    #expect(ListCache.etag(Array("abc".utf8)) == "\"ba7816bf8f01cfea414140de5dae2223\"")
  }
}

@Suite struct SingleFlightTests {
  private struct Failed: Error {}

  @Test func anErrorGoesToAllWhoWait() async {
    let flight = SingleFlight<Int>(maxFlights: 10)
    let runs = NIOLockedValueBox(0)
    let gate = NIOLockedValueBox(false)
    let failures = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<20 {
        group.addTask {
          do {
            _ = try await flight.run("k") {
              runs.withLockedValue { $0 += 1 }
              while !gate.withLockedValue({ $0 }) { await Task.yield() }
              throw Failed()
            }
            return false
          } catch {
            return error is Failed
          }
        }
      }
      while flight.flightsInProgress == 0 { await Task.yield() }
      gate.withLockedValue { $0 = true }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(failures == 20)
    #expect(runs.withLockedValue { $0 } >= 1)
    #expect(flight.flightsInProgress == 0)
  }

  @Test func whenTheLeaderIsCancelledAnotherLeads() async throws {
    let flight = SingleFlight<Int>(maxFlights: 10)
    let leader = Task {
      try await flight.run("k") {
        try await Task.sleep(for: .seconds(3600))
        return 1
      }
    }
    while flight.flightsInProgress == 0 { await Task.yield() }
    let followers = (0..<5).map { _ in Task { try await flight.run("k") { 2 } } }
    leader.cancel()
    await #expect(throws: CancellationError.self) { try await leader.value }
    for follower in followers { #expect(try await follower.value.0 == 2) }
  }

  @Test func aCancelledFollowerGoesOnAtOnce() async throws {
    let flight = SingleFlight<Int>(maxFlights: 10)
    let gate = NIOLockedValueBox(false)
    let leader = Task {
      try await flight.run("k") {
        while !gate.withLockedValue({ $0 }) { await Task.yield() }
        return 1
      }
    }
    while flight.flightsInProgress == 0 { await Task.yield() }
    let follower = Task { try await flight.run("k") { 2 } }
    follower.cancel()
    await #expect(throws: CancellationError.self) { try await follower.value }
    gate.withLockedValue { $0 = true }
    let value = try await leader.value
    #expect(value.0 == 1 && value.led)
  }

  @Test func beyondTheBoundEachLoadsForItself() async throws {
    let flight = SingleFlight<Int>(maxFlights: 0)
    let value = try await flight.run("k") { 3 }
    #expect(value.0 == 3 && value.led)
  }
}
