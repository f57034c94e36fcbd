/// How the reads of one list went since the start.
public struct CacheStatistics: Sendable, Equatable {
  public var hits = 0
  /// Reads that are also among `hits`, and whose body was in this process.
  public var localHits = 0
  public var misses = 0
  /// Reads that are also among `misses`, and that another one loaded for.
  public var collapsed = 0
  public var bypasses = 0
  /// Values that could not be stored.
  public var storeFailures = 0
  /// Values that were too large to be stored.
  public var oversized = 0

  public var reads: Int { hits + misses + bypasses }

  public init() {}
}
