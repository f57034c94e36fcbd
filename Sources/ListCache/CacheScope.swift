public import Core

/// What a cached value belongs to, and so what makes it invalid.
public struct CacheScope: Sendable, Hashable {
  /// The kind of list, for keys and statistics: `incidents.list`, `events.count`. A constant of the
  /// program without colons.
  public let list: String
  /// Nil for what belongs to no organization.
  public let organization: OrganizationID?
  /// Every prefix whose invalidation reaches the value, without doubles and sorted.
  let prefixes: [CachePattern]
  /// Names the prefixes together.
  let prefixKey: String

  /// - Parameter patterns: the narrowest prefixes the value depends on. A list of events that spans
  ///   two months names both.
  public init(list: String, organization: OrganizationID?, within patterns: [CachePattern]) {
    precondition(!list.contains(":"), "a list's name has no colons")
    self.list = list
    self.organization = organization
    prefixes = Set(patterns.flatMap(\.withAncestors)).union([.all])
      .sorted { $0.prefix < $1.prefix }
    prefixKey = prefixes.map(\.prefix).joined(separator: "|")
  }
}
