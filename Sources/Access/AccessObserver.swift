public import Core

/// Hears of what matters to those who watch over the service itself.
public protocol AccessObserver: Sendable {
  func accessEvent(_ event: AccessEvent)
}

/// Something that happened to credentials. No secret and no email is in it.
public enum AccessEvent: Sendable {
  case loginSucceeded(UserID, address: IPAddress)
  case loginFailed(address: IPAddress)
  case loginLimited(address: IPAddress)
  /// Two hold the same refresh token; the session was revoked.
  case refreshTokenReused(SessionID)
  /// The times of last use could not be written and will be tried again.
  case keyUsageNotWritten(any Error)
  /// Entries of the audit log could not be written and will be tried again.
  case auditNotWritten(any Error)
  /// An announcement that this version does not understand; everything was forgotten.
  case unknownAnnouncement(String)
}
