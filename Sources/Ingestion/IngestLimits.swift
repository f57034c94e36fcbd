internal import Core
public import EventScanner

/// The bounds of ingestion. Each, when hit, gives its own error and is counted.
public struct IngestLimits: Sendable {
  /// Bytes of a request's body as it arrives.
  public var bodyBytes = 32 << 20
  /// Bytes of a body after decompression.
  public var inflatedBytes = 128 << 20
  /// Inflated bytes for one compressed byte; checked once a body is no longer small.
  public var inflationRatio = 200
  /// Records in one batch.
  public var batchRecords = 100_000
  /// Bytes of all batches that are being received or wait for their commit.
  public var memoryBytes = 512 << 20
  /// How long a request waits for room before it is refused.
  public var hold = Duration.seconds(5)
  /// How long a commit is tried while PostgreSQL is away.
  public var commitPatience = Duration.seconds(15)
  /// How far ahead of our clock an event may be, in microseconds.
  public var futureMicroseconds: Int64 = 300_000_000
  /// How old an event may be, in days; older ones are quarantined.
  public var retentionDays: Int64 = 7300
  /// Characters of an `Idempotency-Key`.
  public var batchKeyLength = 255
  public var scan = ScanLimits()

  public init() {}

  /// The times that an event received at `now` may have.
  func acceptedTimes(at now: Timestamp) -> ClosedRange<Timestamp> {
    let oldest = now.advanced(byMicroseconds: -retentionDays * Timestamp.microsecondsPerDay)
    return max(oldest, .earliest)...now.advanced(byMicroseconds: futureMicroseconds)
  }
}
