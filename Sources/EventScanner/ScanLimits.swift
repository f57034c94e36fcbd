/// What one record may cost. Every limit that is hit is an error of that record alone.
public struct ScanLimits: Hashable, Sendable {
  /// Objects and arrays inside each other, the record's own object included; at most 255.
  public var maxDepth: Int
  /// Strings, numbers, literals and empty containers in one record.
  public var maxLeaves: Int
  /// Bytes of one record as it was sent.
  public var maxRecordBytes: Int

  public init(maxDepth: Int = 64, maxLeaves: Int = 2048, maxRecordBytes: Int = 1 << 20) {
    precondition((1...255).contains(maxDepth), "maxDepth must be 1 to 255")
    precondition(maxLeaves > 0 && maxRecordBytes > 0, "limits must be positive")
    self.maxDepth = maxDepth
    self.maxLeaves = maxLeaves
    self.maxRecordBytes = maxRecordBytes
  }
}
