internal import Core
internal import HTTPTypes
internal import ListCache

/// What an organization keeps of one kind: its answers become unreachable together, when something of
/// that kind changes.
///
/// The routes of these know nothing of the cache, ``KeptAnswers`` stands before them. The raw value is
/// the tag of their endpoints and the first word of their pattern, `users:org:42:*`.
enum AnswerGroup: String, Sendable {
  case users, keys, organization, rules, webhooks, quarantine, audit

  /// Where the triggers of `0017_kept_lists.sql` announce changes, whoever makes them.
  static let channel = "harrier_lists"

  /// Of all organizations.
  var pattern: CachePattern { CachePattern(stringLiteral: "\(rawValue):*") }

  func pattern(of organization: OrganizationID) -> CachePattern {
    CachePattern(stringLiteral: "\(rawValue):org:\(organization):*")
  }

  /// Rules are shown with what they cost, of which nothing is announced.
  var lifetime: CacheLifetime { self == .rules ? .brief : .list }

  /// Whether its answers show what this node alone has counted, and so are of no use to others.
  var isOfNode: Bool { self == .rules }

  /// What an announcement such as `users 42` makes unreachable; all, where it comes from another version.
  static func read(_ payload: String) -> CachePattern {
    let words = payload.split(separator: " ")
    guard words.count == 2, let group = AnswerGroup(rawValue: String(words[0])),
      let organization = Int32(words[1])
    else { return .all }
    return group.pattern(of: OrganizationID(organization))
  }
}

extension Endpoint {
  /// What its answers belong to, or what it changes.
  var group: AnswerGroup? { AnswerGroup(rawValue: tag) }

  /// Whether its answers are kept: those in JSON that read what belongs to a group.
  var isKept: Bool {
    group != nil && method == .get && !alwaysLoads
      && answers.allSatisfy { $0.contents.allSatisfy { $0.type == "application/json" } }
  }
}
