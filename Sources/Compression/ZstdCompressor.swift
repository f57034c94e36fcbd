internal import CZstd

/// Writes zstd frames (RFC 8878), one a record, and reuses its memory for all of them.
///
/// Each frame states its content's size and, where one was used, its dictionary.
@safe
public final class ZstdCompressor {
  /// The dictionary that `compress` takes where it is given none.
  public let dictionary: ZstdDictionary?
  public let level: Int
  private let context: OpaquePointer

  /// - Parameter level: 1 (fast) to 19; for frames without a dictionary. A dictionary has its own.
  public init(dictionary: ZstdDictionary? = nil, level: Int = 1) throws(CompressionError) {
    guard let context = unsafe ZSTD_createCCtx() else {
      throw CompressionError(.library, "zstd has no memory for a compressor")
    }
    self.dictionary = dictionary
    self.level = level
    unsafe self.context = context
  }

  deinit {
    unsafe ZSTD_freeCCtx(context)
  }

  /// Appends one frame that holds `record`.
  ///
  /// - Returns: The frame's size in bytes.
  @discardableResult
  public func compress(
    _ record: RawSpan, dictionary other: ZstdDictionary? = nil, into output: inout [UInt8]
  ) throws(CompressionError) -> Int {
    let dictionary = other ?? dictionary
    let room = ZSTD_compressBound(record.byteCount)
    var size = 0
    output.append(addingCapacity: room) { target in
      unsafe target.withUnsafeMutableBufferPointer { buffer, initialized in
        unsafe record.withUnsafeBytes { source in
          let start = unsafe buffer.baseAddress.map { unsafe $0 + initialized }
          if let dictionary {
            size = unsafe ZSTD_compress_usingCDict(
              context, start, room, source.baseAddress, source.count, dictionary.forCompression)
          } else {
            size = unsafe ZSTD_compressCCtx(
              context, start, room, source.baseAddress, source.count, Int32(level))
          }
          if ZSTD_isError(size) == 0 { initialized += size }
        }
      }
    }
    guard ZSTD_isError(size) == 0 else {
      let reason = unsafe String(cString: ZSTD_getErrorName(size))
      throw CompressionError(.library, "zstd could not compress (\(reason))")
    }
    return size
  }

  /// One frame that holds `record`.
  public func compress(
    _ record: [UInt8], dictionary other: ZstdDictionary? = nil
  ) throws(CompressionError) -> [UInt8] {
    var output: [UInt8] = []
    try unsafe compress(record.span.bytes, dictionary: other, into: &output)
    return output
  }
}
