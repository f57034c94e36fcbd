public import Core

/// Something of one organization that was left out, since it failed each time for what is in it, so
/// that the other organizations of the shard go on.
public struct CorrelationSkip: Error, Sendable, CustomStringConvertible {
  public let organization: OrganizationID
  /// The writer and its commits whose detections were left out; a row of `correlation_skips` says the
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
      + "\(commits.lowerBound) to \(commits.upperBound) of writer \(writer) were left out: \(cause)"
  }
}

/// What one transaction on a shard did.
struct ShardOutcome: Sendable {
  var records: [CorrelationRecord] = []
  var skips: [CorrelationSkip] = []
}
