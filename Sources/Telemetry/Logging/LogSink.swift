internal import Glibc
internal import NIOConcurrencyHelpers

/// Where log lines go: one write(2) a line, so that lines of several writers do not mix.
public final class LogSink: Sendable {
  public static let standardError = LogSink(descriptor: STDERR_FILENO)

  private let descriptor: Int32
  private let dropped = NIOLockedValueBox(0)

  /// - Parameter descriptor: stays the caller's.
  public init(descriptor: Int32) {
    self.descriptor = descriptor
  }

  /// Lines that could not be written.
  public var droppedLines: Int { dropped.withLockedValue { $0 } }

  /// Whether a person reads along.
  public var isTerminal: Bool { isatty(descriptor) == 1 }

  /// Writes one line, its end included.
  func write(_ line: [UInt8]) {
    // Under the lock: a line that a pipe takes in parts is not cut by another one.
    dropped.withLockedValue { dropped in
      var offset = 0
      while offset < line.count {
        let written = unsafe line.withUnsafeBytes { bytes in
          unsafe Glibc.write(descriptor, bytes.baseAddress! + offset, line.count - offset)
        }
        if written < 0, errno == EINTR { continue }
        guard written > 0 else {
          dropped += 1
          return
        }
        offset += written
      }
    }
  }
}
