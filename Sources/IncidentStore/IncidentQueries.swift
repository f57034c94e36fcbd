public import Core
public import Correlation
public import Postgres

/// Reads incidents. Each question is asked for one organization and can see no other.
public enum IncidentQueries {
  /// The most that one page can hold.
  public static let largestPage = 1000

  /// Nil where the organization has none of that id.
  public static func item(
    _ organization: OrganizationID, _ id: IncidentID, on connection: isolated PostgresConnection
  ) throws -> Incident? {
    try connection.query(
      findItem, [.int4(organization.rawValue), id.value], row: incident
    ).first
  }

  public static func item(
    _ organization: OrganizationID, number: Int64, on connection: isolated PostgresConnection
  ) throws -> Incident? {
    try connection.query(
      findNumber, [.int4(organization.rawValue), .int8(number)], row: incident
    ).first
  }

  /// One page of what was done to an incident, oldest first.
  ///
  /// - Parameter action: only entries of this kind, such as `commented`.
  public static func journal(
    _ organization: OrganizationID, _ id: IncidentID, action: String? = nil, limit: Int,
    after sequence: Int64 = 0, on connection: isolated PostgresConnection
  ) throws -> [IncidentJournalEntry] {
    try connection.query(
      findJournal,
      [
        .int4(organization.rawValue), id.value, .int8(sequence), .int8(Int64(limit)),
        .optionalText(action),
      ]
    ) { try entry($0, id) }
  }
}
