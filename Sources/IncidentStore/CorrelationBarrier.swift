public import Core

/// A change of rules, up to which a shard's detections are correlated by the rules before it.
public struct CorrelationBarrier: Hashable, Sendable {
  public let revision: Int64
  /// Whose rules change; nil for those of all organizations.
  public let organization: OrganizationID?
  /// Windows that close later are decided by the new rules.
  public let createdAt: Timestamp
  /// For each writer its last commit under the rules before. Commits of other writers come after.
  public let heads: [Int32: Int64]

  public init(
    revision: Int64, organization: OrganizationID?, createdAt: Timestamp, heads: [Int32: Int64]
  ) {
    self.revision = revision
    self.organization = organization
    self.createdAt = createdAt
    self.heads = heads
  }
}

/// Tells by a writer and the number of its commit after which of some revisions that was made.
public struct RevisionMarks: Sendable {
  private let marks: [(revision: Int64, heads: [Int32: Int64])]

  public static let none = RevisionMarks([])

  /// - Parameter marks: in ascending order of revision; the heads then never fall.
  public init(_ marks: [(revision: Int64, heads: [Int32: Int64])]) {
    self.marks = marks
  }

  /// The latest of the revisions that a commit came after; 0 if it came after none.
  public func revision(of commit: Int64, _ writer: Int32) -> Int64 {
    marks.last { $0.heads[writer, default: 0] < commit }?.revision ?? 0
  }
}
