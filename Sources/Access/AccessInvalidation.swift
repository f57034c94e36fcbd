internal import Postgres

/// Drops from memory what other nodes change, as PostgreSQL announces it.
struct AccessInvalidation: Sendable {
  static let channel = "harrier_access"

  let keys: CredentialCache<KeyRecord>
  let sessions: CredentialCache<SessionRecord>
  let listening: PostgresConfiguration
  let observer: (any AccessObserver)?

  /// Until it is cancelled.
  func run() async {
    let listener = PostgresListener(configuration: listening, channels: [Self.channel])
    for await notification in listener.notifications() {
      switch notification {
      case .connected, .reconnected: forget()
      case .notification(_, let payload): apply(payload)
      }
    }
  }

  private func forget() {
    keys.invalidateAll()
    sessions.invalidateAll()
  }

  /// The payloads of the triggers of `0003_access.sql` and `0007_identity.sql`: `key <id>`,
  /// `session <id>`, `sessions`, `policy <organization>`.
  func apply(_ payload: String) {
    let words = payload.split(separator: " ", maxSplits: 1).map(String.init)
    switch (words.first, words.dropFirst().first) {
    case ("key", let id?): keys.invalidate(id)
    case ("session", let id?): sessions.invalidate(id)
    case ("sessions", nil): sessions.invalidateAll()
    // What a policy says is held with each key and session; it seldom changes.
    case ("policy", _?): forget()
    default:
      forget()
      observer?.accessEvent(.unknownAnnouncement(payload))
    }
  }
}
