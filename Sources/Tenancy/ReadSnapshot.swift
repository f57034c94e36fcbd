internal import NIOConcurrencyHelpers

/// The first snapshot that a task's statements took: what it read shows at least all that this one
/// sees.
public final class ReadSnapshot: Sendable {
  @TaskLocal public static var current: ReadSnapshot?

  private let first = NIOLockedValueBox<String?>(nil)

  public init() {}

  /// As `pg_current_snapshot()` writes it; nil before the first statement.
  public var text: String? { first.withLockedValue { $0 } }

  func note(_ text: String) {
    first.withLockedValue { if $0 == nil { $0 = text } }
  }
}
