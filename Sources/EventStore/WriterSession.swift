internal import Postgres

/// A connection that holds a writer's number by a session-level advisory lock, so that the number
/// is free again the moment the connection is gone and no two connections ever share one.
struct WriterSession {
  let connection: PostgresConnection
  let writer: Int32
  /// The number of the writer's last commit.
  var head: Int64

  /// The first half of the two-part advisory lock that holds a writer's number.
  private static let lockClass: Int32 = 0x4852_5752

  static func claim(
    node: String, on connection: isolated PostgresConnection
  ) throws -> (writer: Int32, head: Int64) {
    let existing = try connection.query(writers) { try $0.int4(0) }
    for writer in existing where try lock(writer, on: connection) {
      let heads = try connection.query(adopt, [.int4(writer), .text(node)]) { try $0.int8(0) }
      if let head = heads.first { return (writer, head) }
    }
    let made = try connection.query(insert, [.text(node)]) { try $0.int4(0) }
    guard let writer = made.first, try lock(writer, on: connection) else {
      throw EventStoreError(.inconsistent, "a new writer's number is locked by another connection")
    }
    return (writer, 0)
  }

  /// Ends writers' sessions whose node has fallen silent within a COPY, which no time limit of the
  /// server's ends, and with them the locks that they hold. A node that only was slow connects anew,
  /// and the ledger tells it what was committed.
  ///
  /// - Returns: how many there were.
  static func endSilent(on connection: isolated PostgresConnection) throws -> Int {
    try connection.query(endSilentCopies) { try $0.bool(0) }.count
  }

  private static func lock(_ writer: Int32, on connection: isolated PostgresConnection) throws
    -> Bool
  {
    try connection.query(tryLock, [.int4(lockClass), .int4(writer)]) { try $0.bool(0) }.first
      == true
  }

  private static let writers = PostgresStatement(
    "writers.list",
    """
    select id
    from event_writers
    order by id
    """)
  private static let tryLock = PostgresStatement(
    "writers.lock", "select pg_try_advisory_lock($1, $2)")
  private static let adopt = PostgresStatement(
    "writers.adopt",
    """
    update event_writers
    set node = $2
    where id = $1
    returning head
    """)
  /// A node is silent after the time that ends an idle transaction, too; 0 is for ever.
  private static let endSilentCopies = PostgresStatement(
    "writers.end_silent",
    """
    select pg_terminate_backend(pid)
    from pg_stat_activity
    where datname = current_database()
      and usename = current_user
      and application_name = current_setting('application_name')
      and pid <> pg_backend_pid()
      and state = 'active'
      and wait_event = 'ClientRead'
      and current_setting('idle_in_transaction_session_timeout') <> '0'
      and query_start < clock_timestamp()
        - current_setting('idle_in_transaction_session_timeout')::interval
    """)
  private static let insert = PostgresStatement(
    "writers.insert",
    """
    insert into event_writers (node)
    values ($1)
    returning id
    """)
}
