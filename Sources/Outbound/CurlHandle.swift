internal import COutbound

/// A handle of libcurl with its open connections. For one thread at a time.
@safe final class CurlHandle: @unchecked Sendable {
  let pointer: UnsafeMutableRawPointer

  init?() {
    guard let made = unsafe outbound_handle() else { return nil }
    unsafe pointer = made
  }

  deinit { unsafe outbound_handle_free(pointer) }
}
