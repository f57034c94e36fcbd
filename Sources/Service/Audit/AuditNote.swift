internal import Access
internal import Core
internal import NIOConcurrencyHelpers

/// What a request's audit entry says of it, as far as it is known by now.
final class AuditNote: Sendable {
  struct Content: Sendable {
    /// 0 is nobody's.
    var organization = OrganizationID(0)
    var actor = "nobody"
    var session: SessionID?
    /// Nil for what the path or the answer's `Location` names; several stand with blanks between them.
    var objectID: String?
  }

  private let content = NIOLockedValueBox(Content())

  var read: Content { content.withLockedValue { $0 } }

  /// Who makes the request.
  func proved(_ principal: Principal) {
    content.withLockedValue {
      $0.organization = principal.organization
      $0.actor = principal.subject.description
      $0.session = principal.session
    }
  }

  /// Whose login or session it is.
  func login(of user: UserID, in organization: OrganizationID) {
    content.withLockedValue {
      $0.organization = organization
      $0.actor = Principal.Subject.user(user).description
    }
  }

  /// The session that was opened or renewed.
  func opened(_ session: SessionID) {
    content.withLockedValue { $0.session = session }
  }

  /// What the request is about, where neither its path nor the answer says it.
  func objects(_ ids: [String]) {
    let text = String(ids.joined(separator: " ").prefix(Self.longest))
    content.withLockedValue { $0.objectID = text }
  }

  /// In characters: the names of as many incidents as are changed at once.
  private static let longest = 20_000
}
