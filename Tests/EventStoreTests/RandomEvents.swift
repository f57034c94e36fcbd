import Core
import EventSearch

@testable import EventStore

/// Events and queries whose values are so few that many of them meet.
struct RandomEvents {
  static let from = Timestamp("2026-11-20T22:30:00Z")!
  static let to = Timestamp("2026-11-21T03:15:00Z")!

  private static let texts = ["root", "Root", "a b", "a%b", "a_b", "web-1", "web-2", "é\"x\\", ""]
  private static let messages = [
    "Failed password for root", "failed", "FAILED %", "a_b", "été", "Été", "x\\y", "",
  ]
  private static let addresses = [
    "10.0.0.1", "10.255.0.9", "192.168.1.1", "203.0.113.7", "2001:db8::1", "2001:db8:1::2", "::1",
  ]
  private static let networks = [
    "10.0.0.0/8", "10.0.0.0/30", "0.0.0.0/0", "2001:db8::/32", "2001:db8::/48", "::/0",
    "192.168.1.0/31",
  ]
  private static let textFields: [EventField] = [
    .sourceType, .eventID, .proto, .host, .user, .process, .action, .outcome,
  ]

  var random: SeededGenerator

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
  }

  mutating func time() -> Timestamp {
    Timestamp(
      microseconds: Int64.random(
        in: Self.from.microseconds..<Self.to.microseconds, using: &random))
  }

  mutating func columns(at ts: Timestamp) -> EventColumns {
    var columns = EventColumns()
    columns.ts = ts
    columns.sourceType = Self.texts.randomElement(using: &random)!
    columns.severity = EventSeverity(clamping: Int.random(in: 0...10, using: &random))
    columns.srcIP = maybe(Self.addresses).flatMap { IPAddress($0) }
    columns.dstIP = maybe(Self.addresses).flatMap { IPAddress($0) }
    columns.srcPort = maybe([22, 80, 443, 65535])
    columns.dstPort = maybe([22, 80, 443, 65535])
    columns.eventID = maybe(Self.texts)
    columns.proto = maybe(Self.texts)
    columns.host = maybe(Self.texts)
    columns.user = maybe(Self.texts)
    columns.process = maybe(Self.texts)
    columns.action = maybe(Self.texts)
    columns.outcome = maybe(Self.texts)
    columns.message = maybe(Self.messages)
    return columns
  }

  private mutating func maybe<Value>(_ values: [Value]) -> Value? {
    Int.random(in: 0..<4, using: &random) == 0 ? nil : values.randomElement(using: &random)
  }

  /// - Parameter countable: only what rollups decide.
  mutating func query(depth: Int = 3, countable: Bool = false) -> EventQuery {
    switch depth == 0 ? 0 : Int.random(in: 0..<6, using: &random) {
    case 0, 1, 2: countable ? countableTest() : test()
    case 3: .not(query(depth: depth - 1, countable: countable))
    case 4: .and(several(depth, countable))
    default: .or(several(depth, countable))
    }
  }

  private mutating func several(_ depth: Int, _ countable: Bool) -> [EventQuery] {
    (0..<Int.random(in: 2...3, using: &random))
      .map { _ in query(depth: depth - 1, countable: countable) }
  }

  private mutating func countableTest() -> EventQuery {
    if Bool.random(using: &random) {
      return .test(.sourceType, .equals(Self.texts.randomElement(using: &random)!))
    }
    return .test(.severity, .within(range(0...10)))
  }

  private mutating func range(_ whole: ClosedRange<Int32>) -> ClosedRange<Int32> {
    let ends = [Int32.random(in: whole, using: &random), Int32.random(in: whole, using: &random)]
    return Bool.random(using: &random) ? ends[0]...ends[0] : ends.min()!...ends.max()!
  }

  private mutating func test() -> EventQuery {
    switch Int.random(in: 0..<7, using: &random) {
    case 0: return .test(EventField.allCases.randomElement(using: &random)!, .present)
    case 1:
      return .test(
        [EventField.srcIP, .dstIP].randomElement(using: &random)!,
        .address(IPAddress(Self.addresses.randomElement(using: &random)!)!))
    case 2:
      return .test(
        [EventField.srcIP, .dstIP].randomElement(using: &random)!,
        .network(CIDRBlock(Self.networks.randomElement(using: &random)!)!))
    case 3:
      return Bool.random(using: &random)
        ? countableTest() : .test(.dstPort, .within(range(20...500)))
    case 4:
      let message = Self.messages.randomElement(using: &random)!
      let part = String(message.dropFirst(Int.random(in: 0...3, using: &random)).prefix(5))
      return part.isEmpty
        ? .test(.message, .present) : .test(.message, .contains(part.uppercased()))
    case 5:
      let ends = [time(), time()]
      return .test(.ts, .during(ends.min()!...ends.max()!))
    default:
      let field = Self.textFields.randomElement(using: &random)!
      let text = Self.texts.randomElement(using: &random)!
      if Bool.random(using: &random) { return .test(field, .equals(text)) }
      let cut = Int.random(in: 0...2, using: &random)
      let pieces = [String(text.prefix(cut)), String(text.dropFirst(cut + 1))]
      return .test(field, TextPattern(pieces: pieces).map { .matches($0) } ?? .present)
    }
  }

  /// Stores so many events, in several batches.
  mutating func store(_ count: Int, in store: Store) async throws -> [StoredEvent] {
    var events: [StoredEvent] = []
    try await store.partitions.ensure(month: Self.from)
    for number in 1...4 {
      var batch = StagedBatch(
        id: Int64(number), organization: OrganizationID(1), source: "test", receivedAt: Self.to)
      for index in 0..<(count / 4) {
        let ts = time()
        let columns = columns(at: ts)
        let id = EventID(timestamp: ts, entropy: (random.next(), random.next()))
        batch.rows.append(
          columns: columns, ts: ts, id: id, index: index, batch: batch.header,
          raw: Array("{}".utf8))
        events.append(
          StoredEvent(
            id: id, ts: ts, receivedAt: Self.to, columns: columns, batchID: Int64(number)))
      }
      batch.received = batch.rows.count
      _ = try await store.writer.commit([batch], until: store.deadline)[0].get()
    }
    return events.sorted { ($1.ts, $1.id) < ($0.ts, $0.id) }
  }
}

/// The meaning of a query, word by word, for one event.
extension EventQuery {
  func holds(for event: StoredEvent) -> Bool {
    switch self {
    case .test(let field, let test): test.holds(for: field, of: event)
    case .not(let query): !query.holds(for: event)
    case .and(let queries): queries.allSatisfy { $0.holds(for: event) }
    case .or(let queries): queries.contains { $0.holds(for: event) }
    }
  }
}

extension EventTest {
  fileprivate func holds(for field: EventField, of event: StoredEvent) -> Bool {
    let columns = event.columns
    switch field {
    case .id: return self == .present || self == .identifier(event.id)
    case .ts: return holds(event.ts)
    case .receivedAt: return holds(event.receivedAt)
    case .severity: return holds(Int32(columns.severity.rawValue))
    case .srcPort: return holds(columns.srcPort)
    case .dstPort: return holds(columns.dstPort)
    case .srcIP: return holds(columns.srcIP)
    case .dstIP: return holds(columns.dstIP)
    case .sourceType: return holds(columns.sourceType)
    case .eventID: return holds(columns.eventID)
    case .proto: return holds(columns.proto)
    case .host: return holds(columns.host)
    case .user: return holds(columns.user)
    case .process: return holds(columns.process)
    case .action: return holds(columns.action)
    case .outcome: return holds(columns.outcome)
    case .message: return holdsForMessage(columns.message)
    }
  }

  private func holds(_ time: Timestamp) -> Bool {
    if case .during(let range) = self { range.contains(time) } else { self == .present }
  }

  private func holds(_ number: Int32?) -> Bool {
    guard let number else { return false }
    return if case .within(let range) = self { range.contains(number) } else { self == .present }
  }

  private func holds(_ address: IPAddress?) -> Bool {
    guard let address else { return false }
    switch self {
    case .address(let other): return address == other
    case .network(let network): return network.contains(address)
    default: return self == .present
    }
  }

  private func holds(_ text: String?) -> Bool {
    guard let text else { return false }
    switch self {
    case .equals(let other): return Array(text.utf8) == Array(other.utf8)
    case .matches(let pattern):
      return Self.matches(Array(text.utf8), pattern.pieces.map { Array($0.utf8) })
    default: return self == .present
    }
  }

  private func holdsForMessage(_ message: String?) -> Bool {
    guard let message else { return false }
    func folded(_ text: String) -> [UInt8] {
      text.utf8.map { (65...90).contains($0) ? $0 + 32 : $0 }
    }
    switch self {
    case .contains(let part): return Self.matches(folded(message), [[], folded(part), []])
    case .matches(let pattern): return Self.matches(folded(message), pattern.pieces.map(folded))
    default: return self == .present
    }
  }

  /// By trying every place for every piece.
  private static func matches(_ text: [UInt8], _ pieces: [[UInt8]]) -> Bool {
    guard text.starts(with: pieces[0]) else { return false }
    let rest = Array(text.dropFirst(pieces[0].count))
    if pieces.count == 1 { return rest.isEmpty }
    return (0...rest.count).contains { matches(Array(rest[$0...]), Array(pieces[1...])) }
  }
}
