public import Core
public import Correlation
public import Postgres

extension CorrelationHistory {
  /// Since when an organization's correlations have meant what they meant at its last detection; nil
  /// where none has been correlated.
  public static func eras(
    _ organization: OrganizationID, on connection: isolated PostgresConnection
  ) throws -> CorrelationEras? {
    let rows = try connection.query(findEras, [.int4(organization.rawValue)]) { row in
      let rules = try row.textArray(1).compactMap(\.self)
      let eras = try zip(row.textArray(2).compactMap(\.self), row.int8Array(3).compactMap(\.self))
        .map { CorrelationEras.Era(meaning: $0, since: $1) }
      return CorrelationEras(
        revision: try row.int8(0), eras: Dictionary(uniqueKeysWithValues: zip(rules, eras)))
    }
    return rows.first
  }

  /// Keeps an organization's eras, in the transaction that correlates a detection by them.
  public static func keep(
    _ eras: CorrelationEras, _ organization: OrganizationID,
    on connection: isolated PostgresConnection
  ) throws {
    let sorted = eras.eras.sorted { $0.key < $1.key }
    try connection.execute(
      keepEras,
      [
        .int4(organization.rawValue), .int8(eras.revision), .textArray(sorted.map(\.key)),
        .textArray(sorted.map(\.value.meaning)), .int8Array(sorted.map(\.value.since)),
      ])
  }

  private static let findEras = PostgresStatement(
    "correlation.eras",
    """
    select revision, rule_ids, meanings, since
    from correlation_eras
    where organization_id = $1
    """)
  private static let keepEras = PostgresStatement(
    "correlation.keep_eras",
    """
    insert into correlation_eras (organization_id, revision, rule_ids, meanings, since)
    values ($1, $2, $3, $4, $5)
    on conflict (organization_id) do update
    set revision = excluded.revision,
      rule_ids = excluded.rule_ids,
      meanings = excluded.meanings,
      since = excluded.since
    """)
}
