public import Core
public import Correlation
public import IncidentStore

/// What one transaction of correlation did for one organization.
public struct CorrelationRecord: Sendable {
  public let organization: OrganizationID
  public let detections: Int
  public let opened: Int
  public let amended: Int
  public let merged: Int
  public let retracted: Int
  /// Microseconds from the arrival of the oldest of the detections to the end of their correlation;
  /// 0 where time alone did something.
  public let lag: Int64
  /// What has been left out since the organization's state was last built.
  public let statistics: CorrelationStatistics
  /// Events in memory.
  public let items: Int

  /// Whether nothing was done.
  var isEmpty: Bool { detections + opened + amended + merged + retracted == 0 }

  /// Counts `actions`.
  init(
    _ organization: OrganizationID, detections: Int, actions: [IncidentAction], lag: Int64,
    engine: CorrelationEngine
  ) {
    self.organization = organization
    self.detections = detections
    var counts = (opened: 0, amended: 0, merged: 0, retracted: 0)
    for action in actions {
      switch action {
      case .open: counts.opened += 1
      case .amend: counts.amended += 1
      case .merge: counts.merged += 1
      case .retract: counts.retracted += 1
      }
    }
    (opened, amended, merged, retracted) = counts
    self.lag = lag
    statistics = engine.statistics
    items = engine.size.items
  }
}

/// Is told what a correlator does; for metrics and logs.
public protocol CorrelatorObserver: Sendable {
  /// After the commit.
  func correlated(_ record: CorrelationRecord)
  /// The shards that this correlator has now.
  func leasesChanged(_ shards: [CorrelationShard])
  /// Something failed; the state that it touched was dropped and is built again from the table. A
  /// `CorrelationSkip` says that an organization's detections were left out for good.
  func failed(_ error: any Error, shard: CorrelationShard?)
}

/// Listens to nothing.
public struct SilentCorrelatorObserver: CorrelatorObserver {
  public init() {}
  public func correlated(_ record: CorrelationRecord) {}
  public func leasesChanged(_ shards: [CorrelationShard]) {}
  public func failed(_ error: any Error, shard: CorrelationShard?) {}
}
