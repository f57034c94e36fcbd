internal import CShims
internal import Glibc

/// Wakes a thread that waits in poll(2).
final class WakeDescriptor: Sendable {
  let descriptor: Int32

  init() {
    descriptor = shim_eventfd()
    precondition(descriptor >= 0, "no descriptor is left for an eventfd")
  }

  deinit {
    close(descriptor)
  }

  func signal() {
    shim_eventfd_signal(descriptor)
  }

  struct Readiness {
    var socketIsReadable = false
    var socketIsWritable = false
    var wasWoken = false
  }

  /// Waits until the socket is ready, `signal()` was called, or the time has come.
  ///
  /// - Parameters:
  ///   - socket: nil to wait for the other two only.
  ///   - deadline: in monotonic nanoseconds; nil to wait without end.
  func wait(socket: Int32?, forWriting: Bool = false, until deadline: Int64?) -> Readiness {
    var milliseconds: Int32 = -1
    if let deadline {
      let left = max(0, deadline - monotonicNanoseconds())
      milliseconds = Int32(clamping: (left + 999_999) / 1_000_000)
    }
    let wanted = Int16(POLLIN) | (forWriting ? Int16(POLLOUT) : 0)
    // A negative descriptor is passed over by poll(2).
    var descriptors = [
      pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: socket ?? -1, events: wanted, revents: 0),
    ]
    var readiness = Readiness()
    guard unsafe poll(&descriptors, 2, milliseconds) > 0 else { return readiness }
    if descriptors[0].revents != 0 {
      shim_eventfd_reset(descriptor)
      readiness.wasWoken = true
    }
    let events = descriptors[1].revents
    readiness.socketIsWritable = events & Int16(POLLOUT) != 0
    // An error or a hang-up is found out by reading.
    readiness.socketIsReadable = events & ~Int16(POLLOUT) != 0
    return readiness
  }
}
