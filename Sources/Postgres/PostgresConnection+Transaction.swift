import CLibPQ

extension PostgresConnection {
  /// Runs the closure in a transaction: commits when it returns, rolls back when it throws.
  ///
  /// Throws `commitUnknown` if the connection breaks while the commit is under way, and the
  /// server's refusal if the closure swallowed a statement's error. For a transaction that may be
  /// run again, see `PostgresError.isRetryable`. A transaction within a transaction is an error: use
  /// `savepoint`.
  public func transaction<R>(
    isolation: PostgresIsolation = .readCommitted, _ body: () throws -> R
  ) throws -> R {
    let session = unsafe try usableSession("transaction")
    guard unsafe PQtransactionStatus(session) == PQTRANS_IDLE else {
      throw PostgresError(.misuse, "a transaction is open already: use savepoint within it")
    }
    _ = try simple("begin", isolation.begin)
    let value: R
    do {
      value = try body()
      // A task that was cancelled must not see its work committed.
      _ = unsafe try usableSession("commit")
    } catch {
      abandon("rollback", "rollback")
      throw error
    }
    try commit()
    return value
  }

  /// Runs the closure so that its changes alone are undone when it throws; the transaction goes on.
  public func savepoint<R>(_ body: () throws -> R) throws -> R {
    let session = unsafe try usableSession("savepoint")
    guard unsafe PQtransactionStatus(session) == PQTRANS_INTRANS else {
      throw PostgresError(.misuse, "a savepoint needs a transaction that has not failed")
    }
    _ = try simple("savepoint", "savepoint harrier")
    let value: R
    do {
      value = try body()
      _ = try simple("release savepoint", "release savepoint harrier")
    } catch {
      abandon(
        "rollback to savepoint",
        "rollback to savepoint harrier; release savepoint harrier")
      throw error
    }
    return value
  }

  /// Whether statements run in a transaction that can still commit.
  public var isInTransaction: Bool {
    unsafe session.map { unsafe PQtransactionStatus($0) == PQTRANS_INTRANS } ?? false
  }

  private func commit() throws {
    let result: PostgresResult
    do {
      result = try simple("commit", "commit")
    } catch let error as PostgresError where error.isConnectionLoss {
      throw PostgresError(
        .commitUnknown, "the connection was lost during commit: it may have taken place",
        sqlState: error.sqlState, statement: "commit")
    }
    guard unsafe String(cString: PQcmdStatus(result.pointer)) == "COMMIT" else {
      throw PostgresError(
        .server, "the transaction was rolled back, as a statement in it had failed",
        sqlState: "25P02", statement: "commit")
    }
  }

  /// Undoes what an error leaves behind. The error that led here is the one to throw; a session
  /// that cannot even roll back is closed, which rolls back, too.
  private func abandon(_ name: StaticString, _ sql: String) {
    do {
      _ = try simple(name, sql)
    } catch {
      isBroken = true
    }
  }
}
