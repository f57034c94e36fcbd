internal import Core

/// What an organization decides for its people and keys.
public struct OrganizationPolicy: Hashable, Sendable {
  /// Of people.
  public var userTier = RateTier.high
  /// Of a new key that names none.
  public var keyTier = RateTier.high
  /// The most that people and keys get, whatever else is said.
  public var maximumTier = RateTier.highest
  /// How long a login lasts when it is renewed all the time.
  public var sessionDays: Int32 = 30
  /// How long it lasts without being renewed.
  public var sessionIdleDays: Int32 = 14
  /// The characters that a new password has at least.
  public var passwordLength: Int32 = 12
  /// The longest life of a new key; nil for keys without an end.
  public var keyDays: Int32?

  /// That of an organization which has decided nothing.
  public static let standard = OrganizationPolicy()

  public static let days: ClosedRange<Int> = 1...365
  public static let passwordLengths: ClosedRange<Int> = 12...128
  public static let keyLifetimes: ClosedRange<Int> = 1...3650

  /// The end of a new key's life: no later than the policy allows.
  func end(ofKey asked: Timestamp?, from now: Timestamp) -> Timestamp? {
    guard let keyDays else { return asked }
    let latest = now.advanced(byMicroseconds: Int64(keyDays) * Timestamp.microsecondsPerDay)
    return min(asked ?? latest, latest)
  }

  func sessionEnd(from now: Timestamp) -> Timestamp {
    now.advanced(byMicroseconds: Int64(sessionDays) * Timestamp.microsecondsPerDay)
  }

  func refreshEnd(from now: Timestamp) -> Timestamp {
    now.advanced(byMicroseconds: Int64(sessionIdleDays) * Timestamp.microsecondsPerDay)
  }

  /// The tier of a new key.
  ///
  /// - Throws: the ``Problem`` 403 `tier_not_allowed` for more than the policy lets any key have.
  ///   `unlimited` is no organization's to give: only the command line can ask for it, and gets it.
  func tier(asked: RateTier?, scopes: ScopeSet) throws(Problem) -> RateTier {
    // A key that only sends has nobody waiting for its answers and is not counted while it sends.
    let usual = scopes == .eventsWrite ? RateTier.highest : keyTier
    guard let asked else { return min(usual, maximumTier) }
    guard asked <= maximumTier || asked == .unlimited else { throw .tierNotAllowed(maximumTier) }
    return asked
  }
}
