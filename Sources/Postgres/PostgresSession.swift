import CLibPQ
import Glibc

/// Opening a session and looking at its socket.
enum PostgresSession {
  /// Connects; blocks for `connect_timeout` at most, all addresses of the host taken together.
  static func open(_ configuration: PostgresConfiguration) throws(PostgresError) -> OpaquePointer {
    let parameters = try configuration.parameters()
    var keywords = unsafe parameters.map { unsafe UnsafePointer(strdup($0.keyword)) }
    var values = unsafe parameters.map { unsafe UnsafePointer(strdup($0.value)) }
    defer {
      unsafe (keywords + values).forEach { unsafe free(UnsafeMutablePointer(mutating: $0)) }
    }
    unsafe keywords.append(nil)
    unsafe values.append(nil)
    guard let session = unsafe PQconnectStartParams(keywords, values, 0) else {
      throw PostgresError(.connection, "libpq is out of memory")
    }
    // Verbose messages carry the SQLSTATE, which libpq has no other way to tell while connecting.
    unsafe PQsetErrorVerbosity(session, PQERRORS_VERBOSE)
    let timeout = parameters.first { $0.keyword == "connect_timeout" }.flatMap { Int($0.value) }
    let deadline = timeout.flatMap { $0 > 0 ? monotonicNow() + .seconds($0) : nil }
    let isInTime = unsafe finish(session, until: deadline)
    guard unsafe PQstatus(session) == CONNECTION_OK else {
      let text = unsafe PQerrorMessage(session).map { unsafe String(cString: $0) } ?? ""
      unsafe PQfinish(session)
      throw isInTime
        ? PostgresError(connecting: text)
        : PostgresError(.connection, "the server did not answer within connect_timeout")
    }
    unsafe PQsetErrorVerbosity(session, PQERRORS_DEFAULT)
    // Notices may quote data and would go to stderr.
    unsafe PQsetNoticeReceiver(session, { _, _ in }, nil)
    return unsafe session
  }

  /// Drives the handshake to its end.
  ///
  /// - Returns: false if the time was over before.
  private static func finish(_ session: OpaquePointer, until deadline: Duration?) -> Bool {
    var wanted = PGRES_POLLING_WRITING
    while unsafe PQstatus(session) != CONNECTION_BAD {
      var descriptor = pollfd(
        fd: unsafe PQsocket(session),
        events: Int16(wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT), revents: 0)
      let rest = deadline.map { max(.zero, $0 - monotonicNow()) / .milliseconds(1) }
      let ready = unsafe poll(&descriptor, 1, rest.map { Int32(min($0.rounded(.up), 1e9)) } ?? -1)
      if ready < 0 && errno == EINTR { continue }
      if ready == 0 { return false }
      wanted = unsafe PQconnectPoll(session)
      if wanted == PGRES_POLLING_OK || wanted == PGRES_POLLING_FAILED { return true }
    }
    return true
  }

  /// Between statements a healthy session has nothing to read. What there is, is read: the
  /// server's farewell and the end of the stream show here before a borrower meets them.
  static func isAlive(_ session: OpaquePointer) -> Bool {
    for _ in 0..<8 {
      var descriptor = pollfd(fd: unsafe PQsocket(session), events: Int16(POLLIN), revents: 0)
      let ready = unsafe poll(&descriptor, 1, 0)
      if ready == 0 { return true }
      if ready < 0 && errno == EINTR { continue }
      guard ready > 0, unsafe PQconsumeInput(session) == 1,
        unsafe PQstatus(session) == CONNECTION_OK
      else { return false }
      while let notification = unsafe PQnotifies(session) { unsafe PQfreemem(notification) }
    }
    return false
  }
}
