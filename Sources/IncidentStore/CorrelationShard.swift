public import Core

/// A part of the organizations that one correlator at a time works on.
public struct CorrelationShard: RawRepresentable, Hashable, Comparable, Sendable {
  /// 0 to 15.
  public let rawValue: Int32

  public init(rawValue: Int32) {
    self.rawValue = rawValue
  }

  public init(of organization: OrganizationID) {
    rawValue = organization.rawValue % Self.count
  }

  public static let count: Int32 = 16
  public static let all = (0..<count).map { CorrelationShard(rawValue: $0) }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// The right to correlate a shard, until another owner takes it.
public struct CorrelationLease: Hashable, Sendable {
  public let shard: CorrelationShard
  public let owner: String
  /// Grows with each change of owner.
  public let epoch: Int64

  public init(shard: CorrelationShard, owner: String, epoch: Int64) {
    self.shard = shard
    self.owner = owner
    self.epoch = epoch
  }
}
