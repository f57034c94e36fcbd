internal import Core
internal import Postgres

extension PostgresConnection {
  private static let insertOrganization = PostgresStatement(
    "organizations.insert",
    """
    insert into organizations (slug, name)
    values ($1, $2)
    returning id, slug, name, created_at
    """)

  private static let organizations = PostgresStatement(
    "organizations.list",
    """
    select id, slug, name, created_at
    from organizations
    order by slug
    """)

  private static let organizationBySlug = PostgresStatement(
    "organizations.by_slug",
    """
    select id, slug, name, created_at
    from organizations
    where slug = $1
    """)

  private static let organizationByID = PostgresStatement(
    "organizations.by_id",
    """
    select id, slug, name, created_at
    from organizations
    where id = $1
    """)

  private static let renameOrganization = PostgresStatement(
    "organizations.rename",
    """
    update organizations
    set name = $2
    where id = $1
    """)

  func renameOrganization(_ id: OrganizationID, to name: String) throws {
    _ = try execute(Self.renameOrganization, [.int4(id.rawValue), .text(name)])
  }

  func insertOrganization(slug: String, name: String) throws -> Organization {
    try only(query(Self.insertOrganization, [.text(slug), .text(name)], row: readOrganization))
  }

  func organizations() throws -> [Organization] {
    try query(Self.organizations, row: readOrganization)
  }

  func organization(slug: String) throws -> Organization? {
    try query(Self.organizationBySlug, [.text(slug)], row: readOrganization).first
  }

  func organization(id: OrganizationID) throws -> Organization? {
    try query(Self.organizationByID, [.int4(id.rawValue)], row: readOrganization).first
  }
}

private func readOrganization(_ row: PostgresRow) throws -> Organization {
  Organization(
    id: OrganizationID(try row.int4(0)), slug: try row.text(1), name: try row.text(2),
    createdAt: Timestamp(microseconds: try row.timestamptz(3)))
}

/// The row of a statement that always gives one.
func only<Value>(_ rows: [Value]) throws -> Value {
  guard let first = rows.first else {
    throw AccessError(.corruptRow, "a statement with `returning` gave no row")
  }
  return first
}
