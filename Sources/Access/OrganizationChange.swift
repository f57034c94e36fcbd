/// What is changed of an organization; nil leaves it as it is.
public struct OrganizationChange: Sendable {
  public var name: String?
  public var userTier: RateTier?
  public var keyTier: RateTier?
  /// Only those who run the service may change it.
  public var maximumTier: RateTier?
  public var sessionDays: Int32?
  public var sessionIdleDays: Int32?
  public var passwordLength: Int32?
  /// Nil within lets keys live without an end.
  public var keyDays: Int32??

  public init() {}

  func applied(to policy: OrganizationPolicy) -> OrganizationPolicy {
    var policy = policy
    policy.userTier = userTier ?? policy.userTier
    policy.keyTier = keyTier ?? policy.keyTier
    policy.maximumTier = maximumTier ?? policy.maximumTier
    policy.sessionDays = sessionDays ?? policy.sessionDays
    policy.sessionIdleDays = sessionIdleDays ?? policy.sessionIdleDays
    policy.passwordLength = passwordLength ?? policy.passwordLength
    policy.keyDays = keyDays ?? policy.keyDays
    return policy
  }
}
