internal import CZlib

/// Writes a gzip stream (RFC 1952) piece by piece.
@safe
public final class GzipEncoder {
  private let stream: UnsafeMutablePointer<z_stream>

  /// - Parameter level: 1 (fast) to 9 (small); 0 stores.
  public init(level: Int = 1) throws(CompressionError) {
    precondition((0...9).contains(level))
    unsafe stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    let status = unsafe deflateInit2_(
      stream, Int32(level), Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else {
      throw CompressionError(.library, "zlib has no memory for an encoder")
    }
  }

  deinit {
    unsafe deflateEnd(stream)
    unsafe stream.deinitialize(count: 1)
    unsafe stream.deallocate()
  }

  /// Takes `input` and appends what is ready, which may be nothing yet.
  public func encode(_ input: RawSpan, into output: inout [UInt8]) throws(CompressionError) {
    try run(input, Z_NO_FLUSH, into: &output)
  }

  public func encode(_ input: [UInt8], into output: inout [UInt8]) throws(CompressionError) {
    try unsafe run(input.span.bytes, Z_NO_FLUSH, into: &output)
  }

  /// Appends all that was taken, so that a reader can inflate it now. Costs some compression.
  public func flush(into output: inout [UInt8]) throws(CompressionError) {
    try unsafe run([UInt8]().span.bytes, Z_SYNC_FLUSH, into: &output)
  }

  /// Ends the stream. The encoder is then ready for another one.
  public func finish(into output: inout [UInt8]) throws(CompressionError) {
    try unsafe run([UInt8]().span.bytes, Z_FINISH, into: &output)
    unsafe deflateReset(stream)
  }

  private func run(
    _ input: RawSpan, _ flush: Int32, into output: inout [UInt8]
  ) throws(CompressionError) {
    var offset = 0
    var more = true
    while more {
      let piece = min(input.byteCount - offset, 1 << 30)
      let isLast = offset + piece == input.byteCount
      let room = min(max(piece / 2, 1 << 10), GzipDecoder.chunkSize)
      let step = deflateOnce(
        input.extracting(offset..<offset + piece), isLast ? flush : Z_NO_FLUSH, room: room,
        into: &output)
      offset += step.consumed
      switch step.status {
      case Z_STREAM_END: more = false
      case Z_OK: more = step.produced == room || offset < input.byteCount || flush == Z_FINISH
      case Z_BUF_ERROR: more = offset < input.byteCount
      default: throw CompressionError(.library, "zlib could not compress")
      }
    }
  }

  private func deflateOnce(
    _ input: RawSpan, _ flush: Int32, room: Int, into output: inout [UInt8]
  ) -> (status: Int32, consumed: Int, produced: Int) {
    var status = Z_OK
    var consumed = 0
    var produced = 0
    output.append(addingCapacity: room) { target in
      unsafe target.withUnsafeMutableBufferPointer { buffer, initialized in
        unsafe input.withUnsafeBytes { bytes in
          let source = unsafe bytes.bindMemory(to: UInt8.self)
          unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
          unsafe stream.pointee.avail_in = UInt32(source.count)
          unsafe stream.pointee.next_out = buffer.baseAddress.map { unsafe $0 + initialized }
          unsafe stream.pointee.avail_out = UInt32(room)
          status = unsafe deflate(stream, flush)
          consumed = unsafe source.count - Int(stream.pointee.avail_in)
          produced = unsafe room - Int(stream.pointee.avail_out)
          unsafe stream.pointee.next_in = nil
          initialized += produced
        }
      }
    }
    return (status, consumed, produced)
  }
}
