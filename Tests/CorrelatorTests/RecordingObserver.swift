import Correlator
import Foundation
import IncidentStore

/// Keeps what it is told. A lock guards all of it.
final class RecordingObserver: CorrelatorObserver, @unchecked Sendable {
  private let lock = NSLock()
  private var failures: [String] = []
  private var records: [CorrelationRecord] = []
  private var leased: [CorrelationShard] = []

  func correlated(_ record: CorrelationRecord) { lock.withLock { records.append(record) } }
  func leasesChanged(_ shards: [CorrelationShard]) { lock.withLock { leased = shards } }
  func failed(_ error: any Error, shard: CorrelationShard?) {
    lock.withLock { failures.append("\(error)") }
  }

  var shards: [CorrelationShard] { lock.withLock { leased } }
  var failed: [String] { lock.withLock { failures } }
  var correlated: [CorrelationRecord] { lock.withLock { records } }
}
