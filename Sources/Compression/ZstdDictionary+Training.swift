internal import CZstd

extension ZstdDictionary {
  /// Makes a dictionary from records of one kind. It takes seconds of CPU for megabytes of samples.
  ///
  /// - Parameters:
  ///   - samples: whole records; some thousands, together about a hundred times `capacity`, do best.
  ///   - capacity: the largest size of the dictionary in bytes.
  /// - Throws: `.unusableDictionary` where the samples are too few or too alike.
  public static func train(
    samples: [[UInt8]], capacity: Int = 64 << 10, level: Int = 1
  ) throws(CompressionError) -> ZstdDictionary {
    precondition(capacity > 0)
    let content = samples.reduce(into: [UInt8]()) { $0.append(contentsOf: $1) }
    let sizes = samples.map(\.count)
    var result = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
      result = unsafe ZDICT_trainFromBuffer(
        buffer.baseAddress, capacity, content, sizes, UInt32(sizes.count))
      count = ZDICT_isError(result) == 0 ? result : 0
    }
    guard ZDICT_isError(result) == 0 else {
      let reason = unsafe String(cString: ZDICT_getErrorName(result))
      throw CompressionError(
        .unusableDictionary, "\(samples.count) samples make no dictionary (\(reason))")
    }
    return try ZstdDictionary(bytes: bytes, level: level)
  }
}
