import CLibPQ

/// What libpq needs to cancel a connection's statement from another thread.
@safe final class CancelHandle: @unchecked Sendable {
  private let pointer: OpaquePointer

  /// Nil without memory or without a connection.
  init?(connection: OpaquePointer) {
    guard let pointer = unsafe PQgetCancel(connection) else { return nil }
    unsafe self.pointer = pointer
  }

  deinit { unsafe PQfreeCancel(pointer) }

  /// Connects anew, sends the request and waits for the server to take it; blocks.
  ///
  /// - Returns: false if the server could not be reached.
  func cancel() -> Bool {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { message in
      unsafe PQcancel(pointer, message.baseAddress, 256) == 1
    }
  }
}
