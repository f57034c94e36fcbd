internal import NIOConcurrencyHelpers
public import Postgres

/// What one request has cost so far. Statements and cache reads that run inside the request's task add
/// to it through a task-local value, so nobody hands it around.
public final class RequestTimings: Sendable {
  @TaskLocal public static var current: RequestTimings?

  struct Totals: Equatable {
    var queries = 0
    var database = Duration.zero
    var cache = Duration.zero
  }

  private let totals = NIOLockedValueBox(Totals())

  public init() {}

  var read: Totals { totals.withLockedValue { $0 } }

  /// - Parameter duration: of the statement and of the wait for its connection.
  public func addQuery(_ duration: Duration) {
    totals.withLockedValue {
      $0.queries += 1
      $0.database += duration
    }
  }

  public func addCache(_ duration: Duration) {
    totals.withLockedValue { $0.cache += duration }
  }
}

/// Adds each statement to the request that it was run for.
public struct RequestTimingObserver: PostgresObserver {
  public init() {}

  public func statementFinished(_ record: PostgresStatementRecord) {
    RequestTimings.current?.addQuery(record.duration + record.poolWait)
  }
}
