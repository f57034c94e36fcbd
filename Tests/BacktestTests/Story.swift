import Backtest
import Core
import EventStore

/// Logins over one night, made by a generator that always makes the same: bursts of failures from a
/// few addresses, among the noise of many, with some successes behind them.
enum Story {
  static func records(_ count: Int, from start: Timestamp = StoredEvents.start) -> [EventRecord] {
    var random = Generator(state: 20_261_121)
    var ts = start
    var records: [EventRecord] = []
    for number in 0..<count {
      // Some events share their time.
      let step = random.below(4) == 0 ? 0 : random.below(8_000_000)
      ts = ts.advanced(byMicroseconds: Int64(step))
      let burst = number / 40 % 3 == 0
      let address = burst ? "203.0.113.\(number / 120 % 5)" : "198.51.100.\(random.below(200))"
      let failure = random.below(20) > 0
      let user = ["root", "admin", "deploy", "backup", "Root"][random.below(5)]
      let host = "web-\(random.below(3))"
      switch random.below(10) {
      case 0:
        records.append(
          EventRecord(
            #"{"ts":"\#(ts)","source_type":"suricata","src_ip":"\#(address)","host":"\#(host)","#
              + #""message":"beacon \#(random.below(3))"}"#,
            at: ts, number: number, sourceType: "suricata"))
      default:
        // One in ten has no address, and so is not correlated.
        let source = random.below(10) == 0 ? "" : #""src_ip":"\#(address)","#
        records.append(
          EventRecord(
            #"{"ts":"\#(ts)","source_type":"linux.sshd","action":"login","#
              + #""outcome":"\#(failure ? "failure" : "success")","user":"\#(user)",\#(source)"#
              + #""host":"\#(host)","message":"login \#(number)"}"#,
            at: ts, number: number, sourceType: "linux.sshd"))
      }
    }
    return records
  }

  static let login = """
    title: login failed
    id: 11111111-1111-4111-8111-111111111111
    name: login_failed
    level: informational
    logsource: {product: linux, service: sshd}
    detection:
      selection: {action: login, outcome: failure}
      condition: selection
    """
  static let success = """
    title: login
    id: 11111111-1111-4111-8111-222222222222
    name: login_succeeded
    level: informational
    logsource: {product: linux, service: sshd}
    detection:
      selection: {action: login, outcome: success}
      condition: selection
    """
  static let beaconID = "33333333-3333-4333-8333-333333333333"
  static let beacon = """
    title: beacon
    id: \(beaconID)
    level: high
    logsource: {product: suricata}
    detection:
      selection: {message|contains: BEACON}
      filter: {message|endswith: ' 2'}
      condition: selection and not filter
    """
  static let bruteForceID = "22222222-2222-4222-8222-222222222222"

  static func bruteForce(_ count: Int, timespan: String = "60s") -> String {
    """
    title: brute force
    id: \(bruteForceID)
    level: high
    correlation:
      type: event_count
      rules: [login_failed]
      group-by: [source.ip]
      timespan: \(timespan)
      condition: {gte: \(count)}
    """
  }

  static let spraying = """
    title: spraying
    id: 22222222-2222-4222-8222-333333333333
    level: medium
    correlation:
      type: value_count
      rules: [login_failed]
      group-by: [src_ip]
      timespan: 2m
      condition: {gte: 4, field: user}
    """
  static let breakIn = """
    title: success after failures
    id: 22222222-2222-4222-8222-444444444444
    level: critical
    correlation:
      type: temporal_ordered
      rules: [login_failed, login_succeeded]
      group-by: [src_ip, user]
      timespan: 5m
    """

  static func everything() throws -> BacktestRules {
    try BacktestRules(yaml: [login, success, beacon, bruteForce(6), spraying, breakIn])
  }

  static func bruteForceRules(
    _ count: Int, timespan: String = "60s", version: Int32? = nil
  ) throws -> BacktestRules {
    try BacktestRules(
      yaml: [login, bruteForce(count, timespan: timespan)], subjects: [bruteForceID],
      version: version)
  }
}

/// A small generator that gives the same everywhere (SplitMix64).
struct Generator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
