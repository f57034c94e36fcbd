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

  /// What one organization stored.
  public struct Stored: Sendable, Equatable {
    public var events = 0
    /// In which months, such as `2026-11`.
    public var months: Set<String> = []

    public init(events: Int = 0, months: Set<String> = []) {
      self.events = events
      self.months = months
    }
  }

  private let counts = NIOLockedValueBox<[OrganizationID: Stored]>([:])
  private let pool: PostgresPool

  /// Organizations in one notification, which may have 8,000 bytes.
  private static let batch = 50
  /// Months of an organization in one notification; more are all of them.
  private static let mostMonths = 12

  public init(pool: PostgresPool) {
    self.pool = pool
  }

  public func stored(_ events: Int, of organization: OrganizationID, in months: [String]) {
    counts.withLockedValue { counts in
      counts[organization, default: Stored()].events += events
      counts[organization]?.months.formUnion(months)
    }
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

  private func announce(_ counts: [OrganizationID: Stored]) async {
    var rest = counts.sorted { $0.key < $1.key }[...]
    while !rest.isEmpty {
      let payload = rest.prefix(Self.batch).map { organization, stored in
        let months = stored.months.count > Self.mostMonths ? ["*"] : stored.months.sorted()
        return (["\(organization)", "\(stored.events)"] + months).joined(separator: " ")
      }.joined(separator: ",")
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
  public static func read(_ payload: String) -> [(organization: OrganizationID, stored: Stored)] {
    payload.split(separator: ",").compactMap { part in
      let words = part.split(separator: " ")
      guard words.count >= 2, let organization = Int32(words[0]), let events = Int(words[1])
      else { return nil }
      let months = Set(words.dropFirst(2).map(String.init))
      return (OrganizationID(organization), Stored(events: events, months: months))
    }
  }

  private static let notify = PostgresStatement(
    "events.notify", "select pg_notify('harrier_events', $1)")
}
