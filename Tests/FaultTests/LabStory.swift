/// Ten hours of one organization: scenes for each rule in front of ordinary work.
///
/// About half of the scenes make their rule fire and the others stay just short of it: one event too
/// few, one second too late, in the wrong order. Some events share their time.
struct LabStory {
  /// Scenes begin in the first five hours.
  static let minutes: Int64 = 300
  /// The host of the scene at the end.
  static let curtain = "curtain"

  let tenant: Tenant
  let start: Int64
  var random: SeededGenerator
  private(set) var events: [LabEvent] = []

  /// - Parameters:
  ///   - count: how many events, 100 at least.
  ///   - start: milliseconds since 1970 of the first minute.
  static func events(of tenant: Tenant, count: Int, start: Int64, seed: UInt64) -> [LabEvent] {
    var story = LabStory(
      tenant: tenant, start: start,
      random: SeededGenerator(seed: seed &+ UInt64(tenant.id) &* 0x9E37_79B9))
    story.dropCurtain()
    var actor = 0
    while story.events.count < count * 3 / 5 {
      story.play(actor)
      actor += 1
    }
    while story.events.count < count { story.ordinaryWork() }
    var events = story.events.sorted { $0.milliseconds < $1.milliseconds }
    for index in events.indices { events[index].marker = "\(tenant.slug)-\(index)" }
    return events
  }

  private init(tenant: Tenant, start: Int64, random: SeededGenerator) {
    self.tenant = tenant
    self.start = start
    self.random = random
  }

  /// An alarm that nobody answers, and an event behind its window: when the incident of this alarm is
  /// there, the clock has decided everything before it.
  private mutating func dropCurtain() {
    let end = start + 2 * Self.minutes * 60_000
    add(end, "alarm", [("host", .text(Self.curtain))])
    add(end + 12 * 60_000, "alarm", [("host", .text("\(Self.curtain)-call"))])
    add(end + 12 * 60_000, "all_clear", [("host", .text("\(Self.curtain)-call"))])
  }

  mutating func add(_ time: Int64, _ action: String, _ fields: [(String, LabEvent.Value)]) {
    events.append(
      LabEvent(milliseconds: time, action: action, fields: fields.map { (name: $0, value: $1) }))
  }

  mutating func moment() -> Int64 {
    start + Int64.random(in: 0..<Self.minutes * 60_000, using: &random)
  }

  mutating func number(_ range: ClosedRange<Int>) -> Int {
    Int.random(in: range, using: &random)
  }

  mutating func milliseconds(_ range: ClosedRange<Int64>) -> Int64 {
    Int64.random(in: range, using: &random)
  }

  /// An address of this actor alone.
  func address(_ actor: Int) -> String {
    "198.\(18 + actor >> 8).\(tenant.id).\(actor & 255)"
  }

  private mutating func ordinaryWork() {
    let user = LabEvent.Value.text("staff\(number(0...199))")
    let host = LabEvent.Value.text("office\(number(0...39))")
    let source = LabEvent.Value.text("10.\(tenant.id).\(number(0...7)).\(number(1...249))")
    let time = moment()
    switch number(0...5) {
    case 0:
      let outcome = number(0...19) == 0 ? "failure" : "success"
      add(
        time, "login",
        [("outcome", .text(outcome)), ("user", user), ("host", host), ("src_ip", source)])
    case 1: add(time, "transfer", [("user", user), ("bytes", .number(number(100...20_000)))])
    case 2: add(time, "request", [("host", host), ("latency_ms", .number(number(5...300)))])
    default: add(time, "read", [("user", user), ("host", host), ("src_ip", source)])
    }
  }
}
