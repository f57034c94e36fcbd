internal import Core
internal import IncidentStore
internal import Postgres

/// That an organization's work is not tried, since it rests.
struct Resting: Error {}

extension ShardWork {
  /// How often an organization's part is tried before it is set aside.
  private static let attempts = 3

  /// Runs one organization's part so that its failure undoes that part alone.
  ///
  /// Each further attempt begins with the state from the table. A part whose rules can't be had, or
  /// that runs into the statement timeout, is tried only once, and then the organization rests.
  ///
  /// - Returns: the last error where the part failed each time for what is in it.
  /// - Throws: what would befall any organization, such as a lost connection or a full disk: then the
  ///   whole transaction is to be run again.
  func isolated<R>(
    _ organization: OrganizationID, _ outcome: inout ShardOutcome,
    on connection: isolated PostgresConnection, _ body: () throws -> R
  ) throws -> Result<R, any Error> {
    guard !state.resting.contains(organization) else { return .failure(Resting()) }
    if case .failure(let error)? = rules[organization] {
      outcome.resting.insert(organization)
      return .failure(error)
    }
    var failures = 0
    while true {
      do {
        return .success(try connection.savepoint(body))
      } catch  where Self.isTimeout(error) {
        state.organizations[organization] = nil
        outcome.resting.insert(organization)
        return .failure(error)
      } catch  where Self.isOfTheData(error) {
        state.organizations[organization] = nil
        failures += 1
        if failures == Self.attempts { return .failure(error) }
      }
    }
  }

  static func isTimeout(_ error: any Error) -> Bool {
    (error as? PostgresError)?.code == .statementTimeout
  }

  /// Whether an error comes of what is correlated and will come again: bad data (class 22), a violated
  /// constraint (23), a limit of the server (54), a subquery of too many rows (21), no or too many rows
  /// in a function (P0002, P0003), or incidents that are not as correlation left them. A table that is
  /// not as we know it (42) is none of these: it would have every organization set aside.
  static func isOfTheData(_ error: any Error) -> Bool {
    if let error = error as? IncidentStoreError { return error.code != .leaseLost }
    guard let error = error as? PostgresError else { return false }
    guard error.code == .server, let sqlState = error.sqlState else { return false }
    return ["21", "22", "23", "54"].contains(sqlState.prefix(2))
      || ["P0002", "P0003"].contains(sqlState)
  }
}
