/// One file of a folder of migrations, or one that the database knows of.
public struct PostgresMigration: Sendable, Equatable {
  public enum State: Sendable, Equatable {
    case applied(at: String)
    case pending
    /// Applied, but its file has other contents now.
    case changed
    /// Applied, but its file is missing here.
    case unknown
    /// Not applied, though one with a higher number is.
    case outOfOrder
  }

  public let number: Int
  /// `events` for `0001_events.sql`.
  public let name: String
  public let state: State

  /// `0001_events`.
  public var title: String { MigrationFile.title(number, name) }
}
