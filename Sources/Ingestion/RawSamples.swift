/// The bounds of what is kept to train dictionaries.
struct RawSampleLimits {
  /// Records of a source type that are enough.
  var records = 4000
  /// Bytes of a source type that are enough.
  var bytes = 6 << 20
  /// Bytes of all source types.
  var totalBytes = 32 << 20
  /// Records longer than this are not typical and would fill the sample.
  var longestRecord = 16 << 10
  /// Source types beyond this many are stored as they come.
  var sourceTypes: Int
  /// Bytes of a source type's name.
  var nameBytes = 64
  /// A source type is quiet if this many offers came since its own last one.
  var quietOffers: UInt64 = 1000
}

/// Records to train dictionaries on, by source type.
struct RawSamples {
  private struct Sample {
    var records: [[UInt8]] = []
    var bytes = 0
    var lastOffer: UInt64 = 0
    var isFull = false
  }

  private let limits: RawSampleLimits
  private var samples: [String: Sample] = [:]
  private var full: [String] = []
  private var offers: UInt64 = 0
  /// Before this many offers no source type is quiet; spares a search for every record.
  private var nextSearch: UInt64 = 0
  private(set) var totalBytes = 0

  init(limits: RawSampleLimits) {
    self.limits = limits
  }

  var sourceTypes: Int { samples.count }
  var hasFull: Bool { !full.isEmpty }

  /// - Parameter others: source types that have a dictionary or can have none.
  mutating func hasRoom(for sourceType: String, beside others: Int) -> Bool {
    if let sample = samples[sourceType] { return !sample.isFull }
    guard sourceType.utf8.count <= limits.nameBytes else { return false }
    return samples.count + others < limits.sourceTypes || quietest() != nil
  }

  mutating func add(_ records: [[UInt8]], of sourceType: String, beside others: Int) {
    guard hasRoom(for: sourceType, beside: others) else { return }
    offers += 1
    if samples[sourceType] == nil, samples.count + others >= limits.sourceTypes {
      if let quietest = quietest() { drop(quietest) }
    }
    samples[sourceType, default: Sample()].lastOffer = offers
    for record in records where record.count <= limits.longestRecord {
      while totalBytes + record.count > limits.totalBytes {
        guard let stalest = stalest(but: sourceType) else { return }
        drop(stalest)
      }
      totalBytes += record.count
      samples[sourceType, default: Sample()].records.append(record)
      samples[sourceType, default: Sample()].bytes += record.count
      if isEnough(sourceType) {
        samples[sourceType]?.isFull = true
        full.append(sourceType)
        return
      }
    }
  }

  /// Takes a sample that is large enough, the oldest first.
  mutating func takeFull() -> (String, [[UInt8]])? {
    guard !full.isEmpty else { return nil }
    let sourceType = full.removeFirst()
    let records = samples[sourceType]?.records ?? []
    drop(sourceType)
    return (sourceType, records)
  }

  private func isEnough(_ sourceType: String) -> Bool {
    guard let sample = samples[sourceType] else { return false }
    return sample.records.count >= limits.records || sample.bytes >= limits.bytes
  }

  private mutating func drop(_ sourceType: String) {
    totalBytes -= samples.removeValue(forKey: sourceType)?.bytes ?? 0
  }

  /// Whose last offer is the oldest, unless its sample is about to be used.
  private func stalest(but sourceType: String?) -> String? {
    samples.filter { $0.key != sourceType && !$0.value.isFull }
      .min { $0.value.lastOffer < $1.value.lastOffer }?.key
  }

  private mutating func quietest() -> String? {
    guard offers >= nextSearch, let name = stalest(but: nil) else { return nil }
    nextSearch = (samples[name]?.lastOffer ?? 0) + limits.quietOffers
    return offers >= nextSearch ? name : nil
  }
}
