/// What may be stored at most. What is more is refused as `limit_exceeded`, naming the limit.
public struct RuleLimits: Sendable {
  /// Rules in force of one organization, disabled ones too.
  public var documents = 2_000
  /// UTF-8 of one document of an organization.
  public var documentBytes = 256 << 10
  /// All versions of one organization's rules, which are kept for good, each with 256 bytes for its row.
  public var versionBytes = 1 << 30
  /// Exceptions of one organization that have not ended.
  public var exceptions = 1_000
  /// UTF-8 of an exception's match.
  public var matchBytes = 16 << 10
  /// UTF-8 of an exception's reason or of its entity's value, and of an actor.
  public var textBytes = 1_024
  /// Rules of the installation, and the UTF-8 of all of them.
  public var publishedDocuments = 50_000
  public var publishedBytes = 128 << 20

  /// Items of one page of any list.
  public static let largestPage = 1_000

  public init() {}
}
