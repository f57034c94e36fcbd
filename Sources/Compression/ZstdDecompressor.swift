internal import CZstd

/// Reads the frames that `ZstdCompressor` writes, and reuses its memory for all of them.
@safe
public final class ZstdDecompressor {
  private let dictionaries: (UInt32) throws -> ZstdDictionary?
  private let context: OpaquePointer

  /// - Parameter dictionaries: gives the dictionary with that id, or nil if there is none.
  public init(
    dictionaries: @escaping (UInt32) throws -> ZstdDictionary? = { _ in nil }
  ) throws(CompressionError) {
    guard let context = unsafe ZSTD_createDCtx() else {
      throw CompressionError(.library, "zstd has no memory for a decompressor")
    }
    self.dictionaries = dictionaries
    unsafe self.context = context
  }

  deinit {
    unsafe ZSTD_freeDCtx(context)
  }

  /// Appends the content of one frame.
  ///
  /// - Parameter maxSize: a frame that states more is refused before anything is allocated.
  /// - Returns: The content's size in bytes.
  /// - Throws: `CompressionError`, or what the lookup of the dictionary throws.
  @discardableResult
  public func decompress(
    _ frame: RawSpan, maxSize: Int, into output: inout [UInt8]
  ) throws -> Int {
    let header = try ZstdFrame(frame)
    guard let contentSize = header.contentSize else {
      throw CompressionError(.corrupt, "the zstd frame does not state its content's size")
    }
    guard contentSize <= maxSize else {
      throw CompressionError(.tooLarge, "the record is larger than \(maxSize) bytes")
    }
    var dictionary: ZstdDictionary?
    if let id = header.dictionaryID {
      guard let found = try dictionaries(id), found.id == id else {
        throw CompressionError(.unknownDictionary, "the zstd dictionary \(id) is not known")
      }
      dictionary = found
    }
    guard contentSize > 0 else { return 0 }
    var size = 0
    output.append(addingCapacity: contentSize) { target in
      unsafe target.withUnsafeMutableBufferPointer { buffer, initialized in
        unsafe frame.withUnsafeBytes { source in
          let start = unsafe buffer.baseAddress.map { unsafe $0 + initialized }
          size = unsafe ZSTD_decompress_usingDDict(
            context, start, contentSize, source.baseAddress, source.count,
            dictionary?.forDecompression)
          if size == contentSize { initialized += size }
        }
      }
    }
    guard size == contentSize else {
      throw CompressionError(.corrupt, "the zstd frame's content is damaged")
    }
    return size
  }

  /// The content of one frame.
  public func decompress(_ frame: [UInt8], maxSize: Int) throws -> [UInt8] {
    var output: [UInt8] = []
    try unsafe decompress(frame.span.bytes, maxSize: maxSize, into: &output)
    return output
  }
}
