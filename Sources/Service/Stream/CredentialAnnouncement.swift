internal import Access

/// What PostgreSQL announces of a credential that was changed (the triggers of `0003_access.sql`).
enum CredentialAnnouncement: Sendable, Equatable {
  static let channel = "harrier_access"

  case key(String)
  case session(String)
  /// All people.
  case sessions
  /// Anything else.
  case everyone

  init(_ payload: String) {
    let words = payload.split(separator: " ", maxSplits: 1).map(String.init)
    switch (words.first, words.dropFirst().first) {
    case ("key", let id?): self = .key(id)
    case ("session", let id?): self = .session(id)
    case ("sessions", nil): self = .sessions
    default: self = .everyone
    }
  }

  /// Whether the stream's credential may be the one.
  func concerns(_ subscriber: StreamSubscriber) -> Bool {
    switch (self, subscriber.subject) {
    case (.everyone, _): true
    case (.key(let id), .key(let own)): own.rawValue == id
    case (.session(let id), .user): subscriber.session?.description == id
    case (.sessions, .user): true
    default: false
    }
  }
}
