import CLibPQ
import CShims
import Glibc

/// The thread behind one stream of notifications.
final class ListenerThread: Sendable {
  private let configuration: PostgresConfiguration
  private let channels: [String]
  private let continuation: AsyncStream<PostgresNotification>.Continuation
  private let wakeup = shim_eventfd()
  private let isStopped = Locked(false)

  init(
    configuration: PostgresConfiguration, channels: [String],
    continuation: AsyncStream<PostgresNotification>.Continuation
  ) {
    precondition(wakeup >= 0, "no file descriptor is left for an eventfd")
    self.configuration = configuration
    self.channels = channels
    self.continuation = continuation
  }

  deinit { close(wakeup) }

  func start() {
    startThread(named: "pg-listen") { [self] in run() }
  }

  func stop() {
    isStopped.withLock { $0 = true }
    shim_eventfd_signal(wakeup)
  }

  private func run() {
    var pause = 100
    var hasListened = false
    while !isStopped.withLock({ $0 }) {
      do {
        let session = unsafe try open()
        defer { unsafe PQfinish(session) }
        pause = 100
        unsafe follow(session, first: hasListened ? .reconnected : .connected)
        hasListened = true
      } catch {
        // The reader sees the outage as the absence of notifications and as `.reconnected`.
        pause = min(pause * 2, 5000)
      }
      _ = wait(nil, milliseconds: pause)
    }
  }

  private func open() throws -> OpaquePointer {
    let session = unsafe try PostgresSession.open(configuration)
    let sql = channels.map { "listen \(PostgresConnection.quoted($0))" }.joined(separator: "; ")
    let result = unsafe PQexec(session, sql)
    defer { unsafe PQclear(result) }
    guard unsafe PQresultStatus(result) == PGRES_COMMAND_OK || channels.isEmpty else {
      defer { unsafe PQfinish(session) }
      throw unsafe PostgresError(result: result, connection: session, statement: "listen")
    }
    return unsafe session
  }

  /// Hands notifications on until the session ends or the reader leaves.
  private func follow(_ session: OpaquePointer, first: PostgresNotification) {
    var missed = !yield(first)
    while true {
      while let notification = unsafe PQnotifies(session) {
        let value = unsafe PostgresNotification.notification(
          channel: String(cString: notification.pointee.relname),
          payload: String(cString: notification.pointee.extra))
        unsafe PQfreemem(notification)
        if missed { missed = !yield(.reconnected) }
        if missed || !yield(value) { missed = true }
      }
      if missed { missed = !yield(.reconnected) }
      guard unsafe wait(PQsocket(session), milliseconds: missed ? 100 : -1),
        unsafe PQconsumeInput(session) == 1
      else { return }
    }
  }

  /// - Returns: false if the reader is too far behind.
  private func yield(_ value: PostgresNotification) -> Bool {
    if case .dropped = continuation.yield(value) { return false }
    return true
  }

  /// Waits for the socket or for `stop`, or for the time to pass.
  ///
  /// - Returns: false if it was stopped.
  private func wait(_ socket: Int32?, milliseconds: Int) -> Bool {
    var descriptors = [pollfd(fd: wakeup, events: Int16(POLLIN), revents: 0)]
    if let socket { descriptors.append(pollfd(fd: socket, events: Int16(POLLIN), revents: 0)) }
    _ = unsafe poll(&descriptors, nfds_t(descriptors.count), Int32(milliseconds))
    return !isStopped.withLock { $0 }
  }
}
