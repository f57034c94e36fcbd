internal import Core
internal import NIOConcurrencyHelpers
internal import NIOPosix

/// Makes and checks password hashes: off the caller's thread, a bounded number at a time, and with the
/// same work whether or not there is such a user.
public final class PasswordHasher: Sendable {
  public let cost: PasswordCost
  private let gate: AsyncGate
  private let decoy: PasswordHash
  private let derivations = NIOLockedValueBox(0)

  /// - Parameters:
  ///   - cost: of new hashes. An old hash is checked at its own cost and then replaced.
  ///   - concurrency: derivations at a time; each holds a core and `128 · 2^ln · r` bytes.
  ///   - maximumWaiting: callers that wait for one; more are refused with 503 `busy`.
  public init(cost: PasswordCost = .standard, concurrency: Int = 2, maximumWaiting: Int = 64) {
    self.cost = cost
    gate = AsyncGate(slots: concurrency, maximumWaiting: maximumWaiting)
    decoy = PasswordHash(
      cost: cost, salt: randomBytes(PasswordHash.saltLength),
      hash: randomBytes(PasswordHash.hashLength))
  }

  /// How many derivations were run, for tests and metrics.
  public var derivationCount: Int { derivations.withLockedValue { $0 } }

  /// The hash of a new password, as text for the database.
  func hash(_ password: Secret<String>) async throws -> String {
    let salt = randomBytes(PasswordHash.saltLength)
    return try await derive(password, cost: cost, salt: salt).description
  }

  /// Whether `password` is the one behind `stored`. Where `stored` is nil (no such user, or a disabled
  /// one) the same derivation is run on a decoy and the answer is no.
  func verify(
    _ password: Secret<String>, against stored: String?
  ) async throws -> PasswordVerdict {
    let known: PasswordHash?
    if let stored {
      guard let hash = PasswordHash(stored) else {
        throw AccessError(.corruptRow, "users.password_hash is not a hash that this version reads")
      }
      known = hash
    } else {
      known = nil
    }
    let expected = known ?? decoy
    let derived = try await derive(password, cost: expected.cost, salt: expected.salt)
    let matches = equalInConstantTime(derived.hash, expected.hash) && known != nil
    return PasswordVerdict(matches: matches, isOutdated: expected.cost != cost)
  }

  private func derive(
    _ password: Secret<String>, cost: PasswordCost, salt: [UInt8]
  ) async throws -> PasswordHash {
    try await gate.run {
      derivations.withLockedValue { $0 += 1 }
      return try await NIOThreadPool.singleton.runIfActive {
        try PasswordHash(of: Array(password.reveal().utf8), cost: cost, salt: salt)
      }
    }
  }
}

struct PasswordVerdict: Equatable, Sendable {
  let matches: Bool
  /// The hash was made at another cost than today's and should be made anew.
  let isOutdated: Bool
}
