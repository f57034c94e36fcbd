/// Whole bodies at once.
public enum Gzip {
  /// - Parameter level: 1 (fast) to 9 (small); 0 stores.
  public static func compress(_ bytes: [UInt8], level: Int = 1) throws(CompressionError) -> [UInt8]
  {
    let encoder = try GzipEncoder(level: level)
    var output: [UInt8] = []
    try encoder.encode(bytes, into: &output)
    try encoder.finish(into: &output)
    return output
  }

  /// - Throws: `CompressionError` with `.tooLarge`, `.ratioExceeded`, `.corrupt` or `.truncated`.
  public static func decompress(
    _ bytes: [UInt8], limits: InflateLimits
  ) throws(CompressionError) -> [UInt8] {
    let decoder = try GzipDecoder(limits: limits)
    var output: [UInt8] = []
    try decoder.decode(bytes, into: &output)
    try decoder.finish()
    return output
  }
}
