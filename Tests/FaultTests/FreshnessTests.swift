internal import Foundation
internal import ServiceHarness
internal import Testing

/// Whoever hands on the position of a change never sees the state before it, on any node, whatever
/// becomes of Redis; and who hands on none sees it soon.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct FreshnessTests {
  /// What the documentation promises to readers without a position while Redis fails, and far more than
  /// it takes: a node that is stuck is found, a slow machine is not.
  private static let bound: TimeInterval = 10
  private static let writers = 6
  private static let changes = 40

  @Test("no reader with a position sees the state before it while Redis is killed and emptied")
  func readersSeeWhatWasAnswered() async throws {
    let seed = try FaultSettings.shared.get().seed
    print("FreshnessTests: HARRIER_FAULT_SEED=\(seed)")
    let options = InstallationOptions(nodes: 2, fsync: false)
    try await Installation.with(options) { installation in
      try await installation.makeOrganization("acme")
      let key = try await installation.makeKey(
        organization: "acme",
        scopes: ["incidents:read", "incidents:write", "events:read", "events:write", "admin"])
      let isDone = Locked(false)
      async let faults = installation.troubleRedis(seed: seed, until: { isDone.withLock { $0 } })
      let tallies = try await withThrowingTaskGroup(of: Tally.self) { group in
        for number in 0..<Self.writers {
          group.addTask {
            try await onOwnThread {
              var writer = try FreshnessWriter(
                ports: installation.ports, key: key, seed: seed &+ UInt64(number))
              return try writer.run(changes: Self.changes, bound: Self.bound)
            }
          }
        }
        defer { isDone.withLock { $0 = true } }
        return try await group.reduce(into: [Tally]()) { $0.append($1) }
      }
      let strikes = try await faults
      let hits = tallies.reduce(0) { $0 + $1.hits }
      print(
        """
        FreshnessTests: \(strikes) strikes, \(tallies.reduce(0) { $0 + $1.reads }) reads, \
        \(hits) of them from the cache, oldest without a position \
        \(tallies.map(\.oldest).max() ?? 0) s
        """)
      #expect(strikes >= 3)
      #expect(hits > 0, "a test of a cache that is never used shows nothing")
      #expect(tallies.flatMap(\.stale).isEmpty)
      #expect(tallies.allSatisfy { $0.oldest < Self.bound })
    }
  }
}

private struct Tally: Sendable {
  var reads = 0
  var hits = 0
  /// Answers with a position that showed a state from before it.
  var stale: [String] = []
  /// For how long after a change was answered a reader without a position still saw the state before it.
  var oldest: TimeInterval = 0
}

/// Changes one incident and one webhook again and again and stores events, on either node, and reads them back
/// on either.
private struct FreshnessWriter {
  private let ports: [Int]
  private let key: String
  private let incident: String
  private let webhook: String
  private let tag: String
  private var random: SeededGenerator
  private var tally = Tally()

  init(ports: [Int], key: String, seed: UInt64) throws {
    self.ports = ports
    self.key = key
    random = SeededGenerator(seed: seed)
    tag = "writer-\(seed)"
    let body = #"{"reason":"freshness","severity":"low","tags":["\#(tag)"]}"#
    let response = try Self.ask(
      ports[0], "POST", "/api/incidents", key, [("Content-Type", "application/json")], body)
    guard response.status == 201 else { throw HarnessError("not opened: \(response.text)") }
    incident = try Shown.read(response).id
    let hook = try Self.ask(
      ports[0], "POST", "/api/webhooks", key, [("Content-Type", "application/json")],
      #"{"name":"0","url":"https://hooks.example.com/","enabled":false}"#)
    guard hook.status == 201 else { throw HarnessError("no webhook: \(hook.text)") }
    webhook = try ShownWebhook.read(hook).id
  }

  mutating func run(changes: Int, bound: TimeInterval) throws -> Tally {
    for number in 1...changes {
      let response = try ask(
        "PATCH", "/api/incidents/\(incident)",
        [("Content-Type", "application/json"), ("If-Match", "*")],
        #"{"title":"change \#(number)"}"#)
      guard response.status == 200 else { throw HarnessError("not changed: \(response.text)") }
      let answered = Date()
      guard let position = response.header("harrier-position") else {
        throw HarnessError("a change was answered without its position")
      }
      let revision = try Shown.read(response).revision
      for _ in 0..<2 { try readWithPosition(position, revision) }
      try readWithout(since: answered, revision, bound)
      try storeAndRead(events: number, bound)
      try renameAndRead(number, bound)
    }
    return tally
  }

  private mutating func renameAndRead(_ number: Int, _ bound: TimeInterval) throws {
    let target = "/api/webhooks/\(webhook)"
    let response = try ask(
      "PATCH", target, [("Content-Type", "application/json")], #"{"name":"\#(number)"}"#)
    let answered = Date()
    guard let position = response.header("harrier-position") else {
      throw HarnessError("a change was answered without its position")
    }
    for _ in 0..<2 {
      let seen = try ShownWebhook.read(ask("GET", target, [("Harrier-Min-Position", position)]))
      if seen.number < number { tally.stale.append("webhook \(seen.name) for \(number)") }
    }
    repeat {
      let began = Date()
      if try ShownWebhook.read(ask("GET", target)).number >= number { return }
      tally.oldest = max(tally.oldest, began.timeIntervalSince(answered))
    } while tally.oldest < bound
  }

  /// Stores one event more, and reads all so far; every fifth time without a position, where the list was
  /// cached before.
  private mutating func storeAndRead(events number: Int, _ bound: TimeInterval) throws {
    let isWithout = number.isMultiple(of: 5)
    if isWithout {
      for port in ports { _ = try Self.ask(port, "GET", events, key, [], "") }
    }
    let event = #"{"source_type":"test.freshness","host":"\#(tag)","message":"event \#(number)"}"#
    let response = try ask(
      "POST", "/api/events", [("Content-Type", "application/json")], #"{"events":[\#(event)]}"#)
    guard let position = response.header("harrier-position") else {
      throw HarnessError("a batch was answered without its position")
    }
    if isWithout { return try readEventsWithout(since: Date(), number, bound) }
    for _ in 0..<2 {
      let list = try ask("GET", events, [("Harrier-Min-Position", position)])
      let seen = try ShownEvents.count(list)
      if seen < number {
        tally.stale.append("\(seen) of \(number) events, \(list.header("x-cache") ?? "")")
      }
    }
  }

  private var events: String { "/api/events?host=\(tag)&limit=1000" }

  private mutating func readEventsWithout(
    since answered: Date, _ number: Int, _ bound: TimeInterval
  ) throws {
    repeat {
      let began = Date()
      if try ShownEvents.count(ask("GET", events)) >= number { return }
      tally.oldest = max(tally.oldest, began.timeIntervalSince(answered))
    } while tally.oldest < bound
  }

  private mutating func readWithPosition(_ position: String, _ revision: Int) throws {
    let header = [("Harrier-Min-Position", position)]
    for target in ["/api/incidents/\(incident)", "/api/incidents?tag=\(tag)"] {
      let response = try ask("GET", target, header)
      let seen = try Shown.read(response).revision
      if seen < revision {
        tally.stale.append(
          "\(target) showed \(seen) for \(revision), \(response.header("x-cache") ?? "")")
      }
    }
  }

  private mutating func readWithout(
    since answered: Date, _ revision: Int, _ bound: TimeInterval
  ) throws {
    repeat {
      let began = Date()
      let response = try ask("GET", "/api/incidents/\(incident)")
      if try Shown.read(response).revision >= revision { return }
      tally.oldest = max(tally.oldest, began.timeIntervalSince(answered))
    } while tally.oldest < bound
  }

  private mutating func ask(
    _ method: String, _ target: String, _ headers: [(name: String, value: String)] = [],
    _ body: String = ""
  ) throws -> HTTPResponse {
    let port = ports.randomElement(using: &random) ?? ports[0]
    let response = try Self.ask(port, method, target, key, headers, body)
    guard response.status == 200 else {
      throw HarnessError("\(method) \(target) answered \(response.status) \(response.text)")
    }
    tally.reads += 1
    if response.header("x-cache") == "HIT" { tally.hits += 1 }
    return response
  }

  private static func ask(
    _ port: Int, _ method: String, _ target: String, _ key: String,
    _ headers: [(name: String, value: String)], _ body: String
  ) throws -> HTTPResponse {
    try HTTPConnection(port: port).exchange(
      HTTPRequest(
        method, target, headers: [("Authorization", "Bearer \(key)")] + headers,
        body: Array(body.utf8)))
  }
}

/// A list of events.
private struct ShownEvents: Decodable {
  private struct One: Decodable {}

  private var events: [One]

  static func count(_ response: HTTPResponse) throws -> Int {
    try JSONDecoder().decode(Self.self, from: Data(response.body)).events.count
  }
}

/// A webhook whose name is the number of its last change.
private struct ShownWebhook: Decodable {
  var id: String
  var name: String

  var number: Int { Int(name) ?? -1 }

  static func read(_ response: HTTPResponse) throws -> ShownWebhook {
    try JSONDecoder().decode(Self.self, from: Data(response.body))
  }
}

/// An incident, or a list of one.
private struct Shown: Decodable {
  var id: String
  var revision: Int

  private struct List: Decodable {
    var incidents: [Shown]
  }

  static func read(_ response: HTTPResponse) throws -> Shown {
    let data = Data(response.body)
    if let one = try? JSONDecoder().decode(Shown.self, from: data) { return one }
    guard let one = try JSONDecoder().decode(List.self, from: data).incidents.first else {
      throw HarnessError("the list is empty")
    }
    return one
  }
}

extension Installation {
  /// Kills and empties Redis at random moments until told to stop, and leaves it running.
  ///
  /// - Returns: how often.
  fileprivate func troubleRedis(
    seed: UInt64, until isDone: @Sendable () -> Bool
  ) async throws -> Int {
    var random = SeededGenerator(seed: seed &+ 99)
    var strikes = 0
    while !isDone() {
      try await Task.sleep(for: .milliseconds(Int.random(in: 100...600, using: &random)))
      if Bool.random(using: &random) {
        try await flushRedis()
      } else {
        await killRedis()
        try await Task.sleep(for: .milliseconds(Int.random(in: 0...300, using: &random)))
        try await startRedis()
      }
      strikes += 1
    }
    return strikes
  }
}
