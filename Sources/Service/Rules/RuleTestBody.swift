internal import Backtest
internal import Core
internal import EventStore
internal import Hummingbird

/// What a test of a rule is asked to do.
struct RuleTestBody {
  let from: Timestamp
  let to: Timestamp
  /// Sigma YAML to test in place of what is in force.
  let source: String?
  /// A version to compare with.
  let baseline: Int32?
  let sourceType: String?
  let limits: BacktestLimits

  private static let members = ["from", "to", "source", "against_version", "source_type", "limits"]
  static let longestSeconds = 300
  static let mostSamples = 100
  private static let limitNames = ["events", "seconds", "incidents", "samples"]

  /// - Throws: the ``Problem`` 400 `invalid_body`.
  init(_ request: Request) async throws {
    let body = try await request.jsonObject(allowing: Self.members, limit: RuleBody.limit)
    from = try Self.time("from", body)
    to = try Self.time("to", body)
    guard from < to else { throw body.invalid("to", "invalid", "must be later than from") }
    source = try body.string("source", minimumLength: 1, maximumLength: RuleBody.limit)
    baseline = try body.int("against_version", in: 1...Int(Int32.max)).map { Int32($0) }
    sourceType = try body.string("source_type", minimumLength: 1, maximumLength: 64)
    limits = try Self.limits(body)
    guard
      to.microseconds - from.microseconds <= Int64(limits.days) * Timestamp.microsecondsPerDay
    else {
      throw body.invalid("to", "invalid", "must be at most \(limits.days) days after from")
    }
  }

  private static func time(_ name: String, _ body: JSONObject) throws(Problem) -> Timestamp {
    guard let time = try body.time(name) else { throw body.invalid(name, "missing", "is needed") }
    return time
  }

  /// Limits may be lowered.
  private static func limits(_ body: JSONObject) throws(Problem) -> BacktestLimits {
    var limits = BacktestLimits()
    guard let wanted = try body.object("limits", allowing: limitNames) else { return limits }
    limits.events = try wanted.int("events", in: 1...limits.events) ?? limits.events
    if let seconds = try wanted.int("seconds", in: 1...longestSeconds) {
      limits.wallTime = .seconds(seconds)
    }
    limits.incidents = try wanted.int("incidents", in: 1...limits.incidents) ?? limits.incidents
    limits.samples = try wanted.int("samples", in: 1...mostSamples) ?? limits.samples
    return limits
  }
}
