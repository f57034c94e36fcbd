internal import CZlib

/// Inflates a gzip stream (RFC 1952) as its bytes arrive.
///
/// Members that follow each other are one stream, as gzip(1) has it; anything else behind a member is
/// refused, and so is a stream that ends early (`finish()`). Checksums and lengths are verified. The
/// memory used is that of the output, which never grows past the limit by more than one chunk, and
/// about 40 KB of zlib's.
///
/// After an error the decoder stays in it; what was appended until then must not be used.
@safe
public final class GzipDecoder {
  /// The most that one step appends, in bytes.
  public static let chunkSize = 64 << 10

  public let limits: InflateLimits
  /// Compressed bytes taken so far.
  public private(set) var inputBytes = 0
  /// Inflated bytes given so far.
  public private(set) var outputBytes = 0

  private let stream: UnsafeMutablePointer<z_stream>
  private var state = State.beforeMember
  private var membersEnded = 0
  private var failure: CompressionError?

  private enum State {
    case beforeMember, inMember, afterMember
  }

  public init(limits: InflateLimits) throws(CompressionError) {
    self.limits = limits
    unsafe stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    let size = unsafe Int32(MemoryLayout<z_stream>.size)
    guard unsafe inflateInit2_(stream, 15 + 16, ZLIB_VERSION, size) == Z_OK else {
      throw CompressionError(.library, "zlib has no memory for a decoder")
    }
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deinitialize(count: 1)
    unsafe stream.deallocate()
  }

  /// Inflates all of `input` and appends the result.
  public func decode(_ input: [UInt8], into output: inout [UInt8]) throws(CompressionError) {
    try unsafe decode(input.span.bytes, into: &output)
  }

  /// Inflates all of `input` and appends the result.
  public func decode(_ input: RawSpan, into output: inout [UInt8]) throws(CompressionError) {
    if let failure { throw failure }
    do {
      try inflateAll(input, into: &output)
    } catch {
      failure = error
      throw error
    }
  }

  /// States that the input is complete.
  public func finish() throws(CompressionError) {
    if let failure { throw failure }
    guard state == .afterMember else {
      throw CompressionError(.truncated, "the gzip stream ends inside a member")
    }
  }

  /// Makes the decoder ready for another stream and keeps zlib's memory.
  public func reset() {
    unsafe inflateReset(stream)
    state = .beforeMember
    membersEnded = 0
    failure = nil
    inputBytes = 0
    outputBytes = 0
  }

  private func inflateAll(
    _ input: RawSpan, into output: inout [UInt8]
  ) throws(CompressionError) {
    var offset = 0
    var outputIsFull = false
    while offset < input.byteCount || outputIsFull {
      if state == .afterMember {
        guard unsafe inflateReset(stream) == Z_OK else {
          throw CompressionError(.library, "zlib refused to begin another member")
        }
        state = .beforeMember
      }
      let piece = min(input.byteCount - offset, 1 << 30)
      let room = min(Self.chunkSize - 1, limits.maxOutput - outputBytes) + 1
      reserve(room, in: &output)
      let step = inflateOnce(input.extracting(offset..<offset + piece), room: room, into: &output)
      offset += step.consumed
      inputBytes += step.consumed
      outputBytes += step.produced
      try limits.check(output: outputBytes, input: inputBytes)
      outputIsFull = step.produced == room && step.status == Z_OK
      switch step.status {
      case Z_STREAM_END:
        state = .afterMember
        membersEnded += 1
      case Z_OK, Z_BUF_ERROR: state = .inMember
      case Z_MEM_ERROR: throw CompressionError(.library, "zlib has no memory to inflate")
      default: throw CompressionError(.corrupt, corruption())
      }
    }
  }

  private func inflateOnce(
    _ input: RawSpan, room: Int, into output: inout [UInt8]
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
          status = unsafe inflate(stream, Z_NO_FLUSH)
          consumed = unsafe source.count - Int(stream.pointee.avail_in)
          produced = unsafe room - Int(stream.pointee.avail_out)
          unsafe stream.pointee.next_in = nil
          initialized += produced
        }
      }
    }
    return (status, consumed, produced)
  }

  /// Grows by doubling, but never past what the limit lets come.
  private func reserve(_ room: Int, in output: inout [UInt8]) {
    guard output.capacity - output.count < room else { return }
    let extra = min(max(output.count, room) - 1, limits.maxOutput - outputBytes) + 1
    output.reserveCapacity(output.count + extra)
  }

  private func corruption() -> String {
    guard let text = unsafe stream.pointee.msg else { return "the body is not gzip" }
    let reason = unsafe String(cString: text)
    if membersEnded > 0, reason == "incorrect header check" {
      return "something that is not gzip follows the gzip stream"
    }
    return "the body is not valid gzip (\(reason))"
  }
}
