import Correlator
import IncidentStore
import Synchronization

/// Keeps what it is told.
final class RecordingObserver: CorrelatorObserver, Sendable {
  private let failures = Mutex<[String]>([])
  private let leased = Mutex<[CorrelationShard]>([])
  private let records = Mutex<[CorrelationRecord]>([])

  func correlated(_ record: CorrelationRecord) { records.withLock { $0.append(record) } }
  func leasesChanged(_ shards: [CorrelationShard]) { leased.withLock { $0 = shards } }
  func failed(_ error: any Error, shard: CorrelationShard?) {
    failures.withLock { $0.append("\(error)") }
  }

  var shards: [CorrelationShard] { leased.withLock { $0 } }
  var failed: [String] { failures.withLock { $0 } }
  var correlated: [CorrelationRecord] { records.withLock { $0 } }
}
