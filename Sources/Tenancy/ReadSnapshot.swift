internal import NIOConcurrencyHelpers
internal import Postgres

/// The first snapshot that a task's statements took: what it read shows at least all that this one
/// sees.
public final class ReadSnapshot: Sendable {
  @TaskLocal public static var current: ReadSnapshot?

  private struct State {
    var first: String?
    /// Whether it is known what is shown.
    var isKnown = true
  }

  private let state = NIOLockedValueBox(State())

  public init() {}

  /// As `pg_current_snapshot()` writes it; nil before the first statement.
  public var text: String? { state.withLockedValue { $0.isKnown ? $0.first : nil } }

  func note(_ text: String) {
    state.withLockedValue { if $0.first == nil { $0.first = text } }
  }

  /// A part of what is shown came from elsewhere, with a snapshot of its own: then only what both see is
  /// shown for sure.
  ///
  /// - Parameter other: nil where it is not known.
  public func limit(to other: String?) {
    let part = other.flatMap { PostgresSnapshot($0) }
    state.withLockedValue { state in
      let first = state.first.flatMap { PostgresSnapshot($0) }
      if let part, let first, part.includes(first) { return }
      if let part, first?.includes(part) ?? true {
        state.first = other
      } else {
        state.isKnown = false
      }
    }
  }
}
