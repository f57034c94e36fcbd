/// Which transactions a statement sees, as `pg_current_snapshot()` tells it: `xmin:xmax:xip,…`
/// (PostgreSQL manual, 9.27.11).
public struct PostgresSnapshot: Hashable, Sendable, CustomStringConvertible {
  /// All transactions below are over.
  public let xmin: UInt64
  /// All transactions from here on had not begun to be over.
  public let xmax: UInt64
  /// Those between that were under way, ascending.
  public let inProgress: [UInt64]

  /// The longest text that is read, in bytes.
  public static let longestText = 4096

  /// Nil for a text of another form.
  public init?(_ text: String) {
    guard text.utf8.count <= Self.longestText else { return nil }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3, let xmin = Self.number(parts[0]), let xmax = Self.number(parts[1]),
      xmin <= xmax
    else { return nil }
    var inProgress: [UInt64] = []
    for item in parts[2].split(separator: ",", omittingEmptySubsequences: false)
    where !parts[2].isEmpty {
      guard let number = Self.number(item), number >= xmin, number < xmax,
        inProgress.last.map({ $0 < number }) ?? true
      else { return nil }
      inProgress.append(number)
    }
    self.xmin = xmin
    self.xmax = xmax
    self.inProgress = inProgress
  }

  private static func number(_ text: Substring) -> UInt64? {
    text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      ? UInt64(text) : nil
  }

  public var description: String {
    "\(xmin):\(xmax):\(inProgress.map(String.init).joined(separator: ","))"
  }

  /// Whether what the transaction committed is seen, if it did commit.
  public func contains(_ transaction: UInt64) -> Bool {
    transaction < xmin || (transaction < xmax && !inProgress.contains(transaction))
  }

  /// The same, but that it sees a transaction as well; nil where too many were under way before that one
  /// to be named.
  public func seeing(_ transaction: UInt64) -> PostgresSnapshot? {
    guard !contains(transaction) else { return self }
    guard transaction >= xmax else {
      return PostgresSnapshot(xmin, xmax, inProgress.filter { $0 != transaction })
    }
    // Nothing is known of those that began between.
    guard transaction - xmax <= Self.mostUnknown else { return nil }
    return PostgresSnapshot(xmin, transaction + 1, inProgress + Array(xmax..<transaction))
  }

  private static let mostUnknown: UInt64 = 128

  private init(_ xmin: UInt64, _ xmax: UInt64, _ inProgress: [UInt64]) {
    self.xmin = xmin
    self.xmax = xmax
    self.inProgress = inProgress
  }

  /// Whether everything that `other` sees is seen here, too.
  public func includes(_ other: PostgresSnapshot) -> Bool {
    guard inProgress.allSatisfy({ !other.contains($0) }) else { return false }
    guard xmax < other.xmax else { return true }
    // What began since must all have been under way there. The list ends below its xmax, so a longer
    // stretch than it has numbers cannot be covered.
    guard other.xmax - xmax <= UInt64(other.inProgress.count) else { return false }
    return (xmax..<other.xmax).allSatisfy { !other.contains($0) }
  }
}
