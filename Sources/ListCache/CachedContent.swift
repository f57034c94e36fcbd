internal import Compression
internal import NIOConcurrencyHelpers
public import NIOCore

/// The bytes of an answer, as they are and compressed. The compressed form is made once, when it is
/// first wanted, and then shared by all who read the same cached value.
public final class CachedContent: Sendable {
  public let plain: ByteBuffer
  private let compressed = NIOLockedValueBox<ByteBuffer?>(nil)

  public init(_ bytes: [UInt8]) {
    plain = ByteBuffer(bytes: bytes)
  }

  /// As a gzip stream (RFC 1952).
  public func gzip() throws -> ByteBuffer {
    if let made = compressed.withLockedValue({ $0 }) { return made }
    // Outside the lock: two that come at the same moment both do it.
    let made = ByteBuffer(bytes: try Gzip.compress(Array(plain.readableBytesView)))
    compressed.withLockedValue { $0 = made }
    return made
  }
}
