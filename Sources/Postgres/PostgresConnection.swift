import CLibPQ

/// One session with the server, on a thread of its own.
///
/// The thread is the actor's executor and libpq blocks on it. Every method is synchronous, so a
/// closure that is isolated to the connection runs its statements without a suspension point, and
/// no other task's statement can come between.
///
/// Statements that fail throw `PostgresError`. A session that is lost stays lost: the pool replaces
/// it.
@safe public actor PostgresConnection {
  nonisolated let thread: ConnectionThread
  nonisolated let gate = LeaseGate()
  let configuration: PostgresConfiguration
  let observer: (any PostgresObserver)?

  /// libpq's connection; nil before `open` and after `close`.
  var session: OpaquePointer?
  /// Set once an answer leaves the session in a state that we don't know.
  var isBroken = false
  /// While the rows of a COPY are written, nothing else may be sent.
  var isCopying = false
  /// The wait of the borrower, told with the first statement of the lease.
  var poolWait = Duration.zero
  var prepared = PreparedStatements(capacity: 256)
  let parameters = ParameterBuffer()
  /// The memory of the COPY writer between copies.
  var copyBuffer: [UInt8] = []
  var backendPID: Int32 = 0

  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe thread.asUnownedSerialExecutor()
  }

  init(configuration: PostgresConfiguration, observer: (any PostgresObserver)? = nil) {
    self.configuration = configuration
    self.observer = observer
    thread = ConnectionThread(name: "pg-connection")
  }

  isolated deinit {
    if let session = unsafe session { unsafe PQfinish(session) }
    thread.stop()
  }

  /// A connection outside any pool, for tools and tests; it closes when it is let go of.
  public static func connect(
    _ configuration: PostgresConfiguration, observer: (any PostgresObserver)? = nil
  ) async throws -> PostgresConnection {
    let connection = PostgresConnection(configuration: configuration, observer: observer)
    try await connection.open()
    return connection
  }

  /// The server process, as `pg_stat_activity.pid`.
  public var processID: Int32 { backendPID }

  func open() throws(PostgresError) {
    let session = unsafe try PostgresSession.open(configuration)
    unsafe self.session = session
    backendPID = unsafe PQbackendPID(session)
    gate.setHandle(unsafe CancelHandle(connection: session))
  }

  /// Ends the session; later statements throw. Closing twice does nothing.
  public func close() {
    gate.setHandle(nil)
    if let session = unsafe session { unsafe PQfinish(session) }
    unsafe session = nil
    isBroken = true
  }

  /// Whether the session is between statements, outside a transaction, and of use to another
  /// borrower.
  var isReusable: Bool {
    guard let session = unsafe session, !isBroken else { return false }
    return unsafe PQstatus(session) == CONNECTION_OK
      && PQtransactionStatus(session) == PQTRANS_IDLE
      && PQpipelineStatus(session) == PQ_PIPELINE_OFF
  }

  /// Runs a borrower's closure on the connection's thread.
  ///
  /// - Returns: nil if the session turned out to be dead before the closure began.
  func perform<R: Sendable>(
    poolWait: Duration, _ body: @Sendable (isolated PostgresConnection) throws -> R
  ) -> (outcome: Result<R, any Error>, isReusable: Bool)? {
    guard isReusable, let session = unsafe session, unsafe PostgresSession.isAlive(session) else {
      return nil
    }
    self.poolWait = poolWait
    let outcome = Result { try body(self) }
    self.poolWait = .zero
    return (outcome, isReusable)
  }

  /// The session, if statements can be run on it.
  func usableSession(_ statement: StaticString) throws -> OpaquePointer {
    guard let session = unsafe session, !isBroken else {
      throw PostgresError(
        .connection, "the connection was lost before the statement",
        statement: statement.description)
    }
    if isCopying {
      throw PostgresError(
        .misuse, "a statement within a copy: run it before or after",
        statement: statement.description)
    }
    if gate.isCancelled {
      throw PostgresError(
        .cancelled, "the borrowing task was cancelled", statement: statement.description)
    }
    return unsafe session
  }
}
