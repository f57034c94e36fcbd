public import Core

/// Something of one organization that was set aside, since it failed for what is in it or for that
/// organization alone, so that the other organizations of the shard go on. It is tried again.
public struct CorrelationSkip: Error, Sendable, CustomStringConvertible {
  public let organization: OrganizationID
  /// The writer and its commits whose detections were set aside; a row of `correlation_skips` says the
  /// same. Nil where only what time decides was put off.
  public let writer: Int32?
  public let commits: ClosedRange<Int64>?
  public let cause: any Error

  init(
    organization: OrganizationID, writer: Int32? = nil, commits: ClosedRange<Int64>? = nil,
    cause: any Error
  ) {
    self.organization = organization
    self.writer = writer
    self.commits = commits
    self.cause = cause
  }

  public var description: String {
    guard let writer, let commits else {
      return "organization \(organization.rawValue): its windows are left open: \(cause)"
    }
    return "organization \(organization.rawValue): detections of the commits "
      + "\(commits.lowerBound) to \(commits.upperBound) of writer \(writer) are set aside: \(cause)"
  }
}

/// What one transaction on a shard did.
struct ShardOutcome: Sendable {
  var records: [CorrelationRecord] = []
  var skips: [CorrelationSkip] = []
  /// Organizations whose work is to rest for a while, since trying it costs all others time.
  var resting: Set<OrganizationID> = []
}
