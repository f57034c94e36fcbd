public import Core

/// Detections of one organization that are set aside: those in a writer's commits.
public struct HeldDetections: Hashable, Sendable {
  public let id: Int64
  public let organization: OrganizationID
  public let writer: Int32
  public let commits: ClosedRange<Int64>
  /// How often they could not be correlated.
  public let attempts: Int32

  public init(
    id: Int64, organization: OrganizationID, writer: Int32, commits: ClosedRange<Int64>,
    attempts: Int32
  ) {
    self.id = id
    self.organization = organization
    self.writer = writer
    self.commits = commits
    self.attempts = attempts
  }
}
