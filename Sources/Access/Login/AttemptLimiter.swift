/// Counts attempts to log in: ``MemoryAttemptLimiter`` on one node; one that counts for all nodes
/// together can take its place.
public protocol AttemptLimiter: Sendable {
  /// Counts one attempt, before its password is looked at, so that attempts at the same time count
  /// too.
  ///
  /// - Parameters:
  ///   - account: the email as given, in lower case, whether or not there is such a user.
  ///   - address: the network address of the client, as text.
  func attempt(account: String, address: String) async -> AttemptVerdict
  /// The attempt succeeded: what was counted for this account from this address is forgotten, and the
  /// attempt counts neither for the account nor for the address.
  func succeeded(account: String, address: String) async
  /// What was counted for this account from anywhere is forgotten.
  func forget(account: String) async
}

public enum AttemptVerdict: Equatable, Sendable {
  case allowed
  case limited(retryAfterSeconds: Int)
}

/// How many attempts are let through in a window that begins with the first of them.
public struct AttemptLimits: Sendable {
  public var window: Duration = .seconds(15 * 60)
  /// For one account from one address: a person who mistypes.
  public var pair = 10
  /// For one account from anywhere: guessing by many machines. It is higher, because it locks out the
  /// account's owner as well.
  public var account = 100
  /// From one address: one machine that tries many accounts.
  public var address = 50
  /// How many counters are kept. When there are more, the oldest windows are forgotten.
  public var capacity = 30_000

  public init() {}

  /// The counter of an account from anywhere.
  public static func counter(account: String) -> String { hidden("account \(account)") }

  /// What an attempt counts in, the pair's counter first. Names tell neither account nor address.
  public func counters(account: String, address: String) -> [(name: String, limit: Int)] {
    [
      (Self.hidden("pair \(address) \(account)"), pair),
      (Self.counter(account: account), self.account),
      (Self.hidden("address \(address)"), self.address),
    ]
  }

  private static func hidden(_ name: String) -> String { Base64.urlEncoded(sha256(name.utf8)) }
}
