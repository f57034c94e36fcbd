internal import CZstd

/// What a frame says of itself (RFC 8878 §3.1.1).
public struct ZstdFrame: Sendable, Equatable {
  /// The size of the content in bytes; nil if the frame does not state it.
  public let contentSize: Int?
  /// The dictionary it needs; nil for none.
  public let dictionaryID: UInt32?

  /// Whether bytes begin as a frame does. No text in UTF-8 does, so a column can hold both.
  public static func begins(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD])
  }

  /// Reads a frame's header.
  ///
  /// - Throws: `.corrupt` or `.truncated` unless `bytes` is exactly one frame.
  public init(_ bytes: RawSpan) throws(CompressionError) {
    let (size, content, id) = unsafe bytes.withUnsafeBytes { buffer in
      unsafe (
        ZSTD_findFrameCompressedSize(buffer.baseAddress, buffer.count),
        ZSTD_getFrameContentSize(buffer.baseAddress, buffer.count),
        ZSTD_getDictID_fromFrame(buffer.baseAddress, buffer.count)
      )
    }
    if ZSTD_isError(size) != 0 {
      let isShort = ZSTD_getErrorCode(size) == ZSTD_error_srcSize_wrong
      throw CompressionError(
        isShort ? .truncated : .corrupt,
        isShort ? "the zstd frame ends early" : "the bytes are no zstd frame")
    }
    guard size == bytes.byteCount else {
      throw CompressionError(.corrupt, "something follows the zstd frame")
    }
    // ZSTD_CONTENTSIZE_UNKNOWN and ZSTD_CONTENTSIZE_ERROR are the two highest numbers.
    contentSize = content >= UInt64.max - 1 ? nil : Int(clamping: content)
    dictionaryID = id == 0 ? nil : id
  }

  public init(_ bytes: [UInt8]) throws(CompressionError) {
    try unsafe self.init(bytes.span.bytes)
  }
}
