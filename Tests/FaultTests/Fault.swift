/// What goes wrong, and how far the run is by then.
struct Fault: Sendable, CustomStringConvertible {
  enum Kind: Hashable, Sendable {
    /// SIGKILL of a node.
    case killNode(Int)
    case killPostgres, killRedis
    /// PostgreSQL ends in immediate mode and recovers.
    case crashPostgres
    /// PostgreSQL ends the sessions that commit events, or those that correlation runs on.
    case cutWriters, cutCorrelators
    /// FLUSHALL.
    case emptyRedis
    /// A node stands still for longer than its leases last, then goes on, and its sibling is killed.
    case stallNode(Int, StallMoment)
  }

  var kind: Kind
  /// Acknowledged events, repeats not counted.
  var after: Int
  /// Milliseconds between the end and the new start of what ended.
  var pause: Int

  var description: String {
    switch kind {
    case .killNode(let node): "SIGKILL of node \(node + 1)"
    case .killPostgres: "SIGKILL of PostgreSQL"
    case .killRedis: "SIGKILL of Redis"
    case .crashPostgres: "immediate shutdown of PostgreSQL"
    case .cutWriters: "writers' sessions ended"
    case .cutCorrelators: "correlators' sessions ended"
    case .emptyRedis: "FLUSHALL"
    case .stallNode(let node, _): "SIGSTOP of node \(node + 1)"
    }
  }

  /// A node five times, PostgreSQL twice, Redis twice, and each lesser fault once, in any order,
  /// spread over the run.
  static func kills(events: Int, seed: UInt64) -> [Fault] {
    let kinds: [Kind] = [
      .killNode(0), .killNode(1), .killNode(0), .killNode(1), .killNode(0), .killPostgres,
      .killPostgres, .killRedis, .killRedis, .crashPostgres, .cutWriters, .cutCorrelators,
      .emptyRedis,
    ]
    var random = SeededGenerator(seed: seed)
    return spread(kinds.shuffled(using: &random), events, &random)
  }

  /// Nodes stand still in turn, at each moment in turn.
  static func stalls(_ count: Int, events: Int, seed: UInt64) -> [Fault] {
    var random = SeededGenerator(seed: seed)
    let moments = StallMoment.allCases
    let kinds = (0..<count).map { Kind.stallNode($0 % 2, moments[$0 % moments.count]) }
    return spread(kinds, events, &random)
  }

  private static func spread(
    _ kinds: [Kind], _ events: Int, _ random: inout SeededGenerator
  ) -> [Fault] {
    kinds.enumerated().map { number, kind in
      Fault(
        kind: kind, after: events * (number + 1) / (kinds.count + 1),
        pause: Int.random(in: 0...400, using: &random))
    }
  }
}
