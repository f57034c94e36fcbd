public import Core
public import Correlation
public import Postgres

/// The journal of an organization as a chain of hashes.
public enum IncidentJournal {
  /// What does not fit in a chain.
  public struct Fault: Sendable, Equatable {
    public enum Kind: String, Sendable {
      /// Its hash is not that of what it says and of the entry before it.
      case changed
      /// It is not there.
      case missing
      /// The end of the chain is not where the organization's counter says.
      case end
    }

    public let sequence: Int64
    public let kind: Kind
    /// Of the entry, where it is there.
    public let incident: IncidentID?
  }

  /// What a check of a whole chain found.
  public struct Report: Sendable, Equatable {
    public let entries: Int64
    /// Of the last entry that fits.
    public let hash: [UInt8]
    /// The first entry that does not fit.
    public let fault: Fault?
  }

  /// Checks an organization's chain from its beginning to its end, page by page.
  public static func verify(
    _ organization: OrganizationID, page: Int = 5000, on connection: isolated PostgresConnection
  ) throws -> Report {
    var (entries, hash): (Int64, [UInt8]) = (0, [])
    while true {
      let rows = try connection.query(
        readPage,
        [.int4(organization.rawValue), .int8(entries), .bytea(hash), .int8(Int64(page))]
      ) { row in
        (
          sequence: try row.int8(0), incident: IncidentQueries.id(try row.uuid(1)),
          hash: try row.bytea(2), fits: try row.bool(3)
        )
      }
      for row in rows {
        guard row.sequence == entries + 1 else {
          let fault = Fault(sequence: entries + 1, kind: .missing, incident: nil)
          return Report(entries: entries, hash: hash, fault: fault)
        }
        guard row.fits else {
          let fault = Fault(sequence: row.sequence, kind: .changed, incident: row.incident)
          return Report(entries: entries, hash: hash, fault: fault)
        }
        entries = row.sequence
        hash = row.hash
      }
      if rows.count < page { break }
    }
    let isEnd =
      try connection.query(
        checkEnd, [.int4(organization.rawValue), .int8(entries), .bytea(hash)]
      ) { try $0.bool(0) }.first ?? (entries == 0)
    let fault = isEnd ? nil : Fault(sequence: entries + 1, kind: .end, incident: nil)
    return Report(entries: entries, hash: hash, fault: fault)
  }

  private static let readPage = PostgresStatement(
    "incidents.verify_journal",
    """
    select sequence, incident_id, hash,
      hash = sha256(lag(hash, 1, $3) over (order by sequence) || convert_to(
        incident_journal_text(organization_id, sequence, incident_id, at, actor, action, detail),
        'UTF8'))
    from (
      select *
      from incident_journal
      where organization_id = $1 and sequence > $2
      order by sequence
      limit $4
    ) entries
    order by sequence
    """)
  /// Entries that were written since the last page are no fault.
  private static let checkEnd = PostgresStatement(
    "incidents.journal_end",
    """
    select journal_sequence = $2 and journal_hash = $3
      or exists (
        select
        from incident_journal
        where organization_id = $1 and sequence > $2)
    from incident_counters
    where organization_id = $1
    """)
}
