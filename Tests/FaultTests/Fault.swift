/// What is killed, and how far the run is by then.
struct Fault: Sendable, CustomStringConvertible {
  enum Victim: String, Sendable {
    case service, postgres, redis
  }

  var victim: Victim
  /// Acknowledged events, repeats not counted.
  var after: Int
  /// Milliseconds between the kill and the new start.
  var pause: Int

  var description: String { "\(victim.rawValue) after \(after) events, for \(pause) ms" }

  /// The service five times, PostgreSQL twice, Redis twice, spread over the run.
  static func plan(events: Int, seed: UInt64) -> [Fault] {
    var random = SeededGenerator(seed: seed)
    let victims: [Victim] =
      Array(repeating: .service, count: 5) + [
        .postgres, .postgres, .redis, .redis,
      ]
    return victims.shuffled(using: &random).enumerated().map { number, victim in
      Fault(
        victim: victim, after: events * (number + 1) / (victims.count + 1),
        pause: Int.random(in: 0...400, using: &random))
    }
  }
}
