internal import CZstd

/// What records of one kind have in common, so that a record compresses well by itself (RFC 8878 §5).
///
/// Immutable after `init`, and shared between threads: the library only reads a digested dictionary.
@safe
public final class ZstdDictionary: @unchecked Sendable {
  /// The number that each frame made with this dictionary carries; not zero.
  public let id: UInt32
  /// The dictionary as it is stored; `zstd -D` reads it too.
  public let bytes: [UInt8]
  /// The compression level it was digested for.
  public let level: Int

  let forCompression: OpaquePointer
  let forDecompression: OpaquePointer

  /// - Throws: `.unusableDictionary` unless `bytes` is a trained dictionary with an id.
  public init(bytes: [UInt8], level: Int = 1) throws(CompressionError) {
    let id = unsafe bytes.withUnsafeBytes { unsafe ZDICT_getDictID($0.baseAddress, $0.count) }
    guard id != 0 else {
      throw CompressionError(.unusableDictionary, "the bytes are no zstd dictionary with an id")
    }
    let digests = unsafe bytes.withUnsafeBytes { buffer in
      unsafe (
        ZSTD_createCDict(buffer.baseAddress, buffer.count, Int32(level)),
        ZSTD_createDDict(buffer.baseAddress, buffer.count)
      )
    }
    guard let compression = unsafe digests.0, let decompression = unsafe digests.1 else {
      unsafe ZSTD_freeCDict(digests.0)
      unsafe ZSTD_freeDDict(digests.1)
      throw CompressionError(.unusableDictionary, "zstd could not digest the dictionary")
    }
    self.id = id
    self.bytes = bytes
    self.level = level
    unsafe forCompression = compression
    unsafe forDecompression = decompression
  }

  deinit {
    unsafe ZSTD_freeCDict(forCompression)
    unsafe ZSTD_freeDDict(forDecompression)
  }
}
