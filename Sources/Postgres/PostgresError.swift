/// What went wrong between us and the database.
///
/// It never holds the values of parameters: the server's detail, hint and context lines, which quote
/// rows, are not taken over, and quoted input is cut from messages of the classes that quote it.
public struct PostgresError: Error, Sendable, Equatable {
  public enum Code: String, Sendable, CaseIterable {
    /// The server could not be reached, or the connection broke.
    case connection
    /// The connection broke while a commit was under way: it may or may not have taken place.
    case commitUnknown
    /// The server refused the statement; `sqlState` says why.
    case server
    /// The statement took longer than the session's `statement_timeout`.
    case statementTimeout
    /// The task that borrowed the connection was cancelled.
    case cancelled
    /// No connection became free within the pool's `maxWait`.
    case poolTimeout
    /// The pool has `maxWaiters` waiting already.
    case poolFull
    /// The pool was shut down.
    case poolClosed
    /// A column is of another type than the one asked for, or null, or out of range.
    case decoding
    /// The answer was none that the statement can give, such as COPY begun by `query`.
    case protocolViolation
    /// The API was used against its contract, such as a transaction within a transaction.
    case misuse
    /// The connection string or a setting is malformed.
    case configuration
    /// A migration is changed, unknown, out of order or unreadable.
    case migration
  }

  public let code: Code
  /// The server's five characters (PostgreSQL manual, appendix A).
  public let sqlState: String?
  /// In lower case, without full stop, where it is ours.
  public let message: String
  /// The statement's name.
  public var statement: String?
  public let table: String?
  public let column: String?
  public let constraint: String?
  /// The row of a COPY at which the server gave up, from 1.
  public let copyRow: Int?

  public init(
    _ code: Code, _ message: String, sqlState: String? = nil, statement: String? = nil,
    table: String? = nil, column: String? = nil, constraint: String? = nil, copyRow: Int? = nil
  ) {
    self.code = code
    self.message = message
    self.sqlState = sqlState
    self.statement = statement
    self.table = table
    self.column = column
    self.constraint = constraint
    self.copyRow = copyRow
  }
}

extension PostgresError {
  /// A row with the same key exists.
  public var isUniqueViolation: Bool { sqlState == "23505" }

  /// The connection is of no more use; the statement may be tried again on another one.
  public var isConnectionLoss: Bool {
    code == .connection || code == .commitUnknown || Self.endsConnection(sqlState)
  }

  /// The transaction lost against another one (serialization failure, deadlock) and can be run
  /// again from its beginning.
  public var isRetryable: Bool { sqlState == "40001" || sqlState == "40P01" }

  /// Class 08 is a connection exception, 57P01 to 57P05 say that the server ends the session.
  static func endsConnection(_ sqlState: String?) -> Bool {
    guard let sqlState else { return false }
    return sqlState.hasPrefix("08") || sqlState.hasPrefix("57P") || sqlState == "25P03"
  }
}

extension PostgresError: CustomStringConvertible {
  public var description: String {
    var text = code.rawValue
    if let sqlState { text += " \(sqlState)" }
    if let statement { text += " in \(statement)" }
    text += ": \(message)"
    if let copyRow { text += " (row \(copyRow) of the copy)" }
    return text
  }
}
