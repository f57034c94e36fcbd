public import Core
internal import NIOConcurrencyHelpers
public import Postgres

/// Tells all nodes, about once a second, that events of an organization were stored on this one, so
/// that live streams need no query.
///
/// An announcement is no part of the commits it tells of: a node that dies swallows its last second,
/// and readers are told by the next one.
public final class EventActivity: Sendable {
  public static let channel = "harrier_events"

  private let counts = NIOLockedValueBox<[OrganizationID: Int]>([:])
  private let pool: PostgresPool

  /// Organizations in one notification, which may have 8,000 bytes.
  private static let batch = 200

  public init(pool: PostgresPool) {
    self.pool = pool
  }

  public func stored(_ events: Int, of organization: OrganizationID) {
    counts.withLockedValue { $0[organization, default: 0] += events }
  }

  /// Announces until it is cancelled.
  public func run() async {
    while !Task.isCancelled {
      do { try await Task.sleep(for: .seconds(1)) } catch { return }
      let taken = counts.withLockedValue { counts in
        defer { counts = [:] }
        return counts
      }
      await announce(taken)
    }
  }

  private func announce(_ counts: [OrganizationID: Int]) async {
    var rest = counts.sorted { $0.key < $1.key }[...]
    while !rest.isEmpty {
      let payload = rest.prefix(Self.batch).map { "\($0.key) \($0.value)" }.joined(separator: ",")
      rest = rest.dropFirst(Self.batch)
      do {
        try await pool.withConnection { connection in
          _ = try connection.execute(Self.notify, [.text(payload)])
        }
      } catch {
        // The database is away: what it is told next is news enough.
        return
      }
    }
  }

  /// Reads what ``announce(_:)`` writes; parts that are none of it are passed over.
  public static func read(_ payload: String) -> [(OrganizationID, Int)] {
    payload.split(separator: ",").compactMap { part in
      let numbers = part.split(separator: " ")
      guard numbers.count == 2, let organization = Int32(numbers[0]), let count = Int(numbers[1])
      else { return nil }
      return (OrganizationID(organization), count)
    }
  }

  private static let notify = PostgresStatement(
    "events.notify", "select pg_notify('harrier_events', $1)")
}
