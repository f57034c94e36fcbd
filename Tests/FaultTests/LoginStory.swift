/// An hour of logins: attacks of several shapes in front of ordinary work.
///
/// The shapes are those that our rules tell apart: bursts of failures from one source, a success
/// behind them, one source with many users, many sources with one user, and failures far apart. Some
/// stay just below a threshold; some events share their time.
struct LoginStory {
  static let minutes = 60
  private let start: Int64
  private var random: SeededGenerator
  private var drafts: [LoginEvent] = []

  /// - Parameters:
  ///   - start: milliseconds since 1970 of the first minute.
  ///   - count: how many events.
  static func events(count: Int, start: Int64, seed: UInt64) -> [LoginEvent] {
    var story = LoginStory(start: start, seed: seed)
    story.attack(within: count * 2 / 5)
    while story.drafts.count < count { story.ordinaryLogin() }
    var events = story.drafts.sorted { $0.milliseconds < $1.milliseconds }
    for index in events.indices { events[index].marker = "fault-\(index)" }
    return events
  }

  private init(start: Int64, seed: UInt64) {
    self.start = start
    random = SeededGenerator(seed: seed)
  }

  private mutating func attack(within limit: Int) {
    var attacker = 0
    while drafts.count < limit {
      let source = "203.0.\(113 + attacker >> 8).\(attacker & 255)"
      switch attacker % 6 {
      case 0: burst(of: Int.random(in: 4...20, using: &random), from: source, thenIn: false)
      case 1: burst(of: Int.random(in: 6...12, using: &random), from: source, thenIn: true)
      case 2: spray(from: source, users: Int.random(in: 5...30, using: &random))
      case 3: distributed(on: "target\(attacker)", sources: Int.random(in: 5...25, using: &random))
      case 4: slow(from: source, failures: Int.random(in: 30...60, using: &random))
      default: repeatedBursts(from: source)
      }
      attacker += 1
    }
  }

  private mutating func burst(of failures: Int, from source: String, thenIn success: Bool) {
    let begin = moment()
    for number in 0..<failures {
      add(begin + Int64(number) * Int64.random(in: 0...4000, using: &random), source, "root", false)
    }
    if success { add(begin + 90_000, source, "root", true) }
  }

  private mutating func repeatedBursts(from source: String) {
    for _ in 0..<3 { burst(of: 7, from: source, thenIn: false) }
  }

  private mutating func spray(from source: String, users: Int) {
    let begin = moment()
    for number in 0..<users {
      add(begin + Int64(number) * 7000, source, "user\(number)", false)
    }
  }

  private mutating func distributed(on user: String, sources: Int) {
    let begin = moment()
    for number in 0..<sources {
      add(begin + Int64(number) * 5000, "198.51.100.\(number + 1)", user, false)
    }
  }

  private mutating func slow(from source: String, failures: Int) {
    for number in 0..<failures { add(start + Int64(number) * 59_000, source, "admin", false) }
  }

  private mutating func ordinaryLogin() {
    let user = "staff\(Int.random(in: 0..<200, using: &random))"
    let source =
      "10.20.\(Int.random(in: 0..<8, using: &random)).\(Int.random(in: 1..<250, using: &random))"
    add(moment(), source, user, Int.random(in: 0..<20, using: &random) != 0)
  }

  private mutating func moment() -> Int64 {
    start + Int64.random(in: 0..<Int64(Self.minutes) * 60_000, using: &random)
  }

  private mutating func add(_ time: Int64, _ source: String, _ user: String, _ succeeded: Bool) {
    drafts.append(
      LoginEvent(marker: "", milliseconds: time, source: source, user: user, succeeded: succeeded))
  }
}
